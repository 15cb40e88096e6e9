import Platform
import Testing

@Suite("Work in order")
struct OrderedWorkTests {
    @Test("results come in the order of the pieces, whatever order they finish in", arguments: [1, 2, 8])
    func order(threads: Int) {
        let work = OrderedWork<Int>(name: "ordered", threads: threads)
        var taken: [Int] = []
        for number in 0..<500 {
            // Later pieces are shorter, so that they overtake earlier ones.
            work.add { (0..<(500 - number) * 20).reduce(0) { $0 &+ $1 } &* 0 + number }
            if work.underWay == 32 { taken.append(work.next()) }
        }
        while work.underWay > 0 { taken.append(work.next()) }
        #expect(taken == Array(0..<500))
    }

    @Test("dropping it with pieces under way lets them finish")
    func dropping() {
        let count = Lock(0)
        for _ in 0..<20 {
            let work = OrderedWork<Void>(name: "dropped", threads: 2)
            for _ in 0..<10 { work.add { count.withLock { $0 += 1 } } }
        }
        while count.withLock({ $0 }) < 200 {}
    }
}
