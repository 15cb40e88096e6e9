/// Which files run by themselves: the entry points, and what they lead to.
struct ReachGraph {
    /// What is known about one file.
    struct Node: Equatable {
        /// Nil while nothing leads to the file.
        var reach: Reach?
        /// Whether its functions run at installation too, not only what stands outside of them.
        var isCalledAtInstall = false
        /// Whether code that runs by itself calls what the file gives.
        var isCalledAtLoad = false
        /// Whether other code leads there, rather than its name or a manifest.
        var isLinked = false
        /// Whether it runs by itself.
        var isStart = false
        /// Whether it runs by itself at installation, rather than when somebody imports it.
        var isInstaller = false
    }

    private(set) var nodes: [Node]
    private let records: [FileRecord]
    private let table: FileTable
    private var pending: [Int] = []

    /// - Parameter starts: the files that run by themselves, and when.
    init(records: [FileRecord], table: FileTable, starts: [(file: Int, reach: Reach)]) {
        self.records = records
        self.table = table
        nodes = Array(repeating: Node(), count: records.count)
        for start in starts {
            // A program that is run at installation may call anything in itself: callbacks, classes, commands.
            nodes[start.file].isStart = true
            if start.reach == .install { nodes[start.file].isInstaller = true }
            raise(start.file, to: start.reach, isCalled: start.reach == .install, isLinked: false)
        }
        while let file = pending.popLast() { follow(file) }
    }

    private mutating func raise(_ file: Int, to reach: Reach, isCalled: Bool, isLinked: Bool) {
        let before = nodes[file]
        nodes[file].reach = before.reach.map { max($0, reach) } ?? reach
        if isCalled, reach == .install { nodes[file].isCalledAtInstall = true }
        if isLinked { nodes[file].isLinked = true }
        let isNews = nodes[file].reach != before.reach || nodes[file].isCalledAtInstall != before.isCalledAtInstall
        if isNews { pending.append(file) }
    }

    private mutating func follow(_ file: Int) {
        let node = nodes[file]
        guard let reach = node.reach else { return }
        // A setup script that calls its own package for the version does not call whatever that could call.
        let passesCalls = node.isInstaller || records[file].kind != .python
        for link in records[file].links {
            let isFollowed = !link.isDormant && (link.atLoad || reach == .install && node.isCalledAtInstall)
            let onward: Reach = isFollowed ? reach : .call
            let targets = table.targets(of: link, from: records[file].path)
            for target in targets where target != file {
                // Only the module that is meant is called into, not the packages on the way to it.
                let isCalled = link.isRun || passesCalls && link.isCalled && target == targets.last
                if isFollowed, link.isCalled, reach >= .load { nodes[target].isCalledAtLoad = true }
                raise(target, to: onward, isCalled: isCalled, isLinked: true)
            }
        }
    }

    /// When code of a file runs: `atLoad` for what runs as soon as the file is loaded.
    func reach(ofCodeIn file: Int, atLoad: Bool) -> Reach {
        let node = nodes[file]
        switch node.reach {
        case .install: return atLoad || node.isCalledAtInstall ? .install : .call
        case .load: return atLoad ? .load : .call
        case .call, .tests: return .call
        case nil: return records[file].isQuiet ? .tests : .call
        }
    }

    /// What leads to a file whose content plays a part whenever it is read; nil when nothing is known to.
    func reach(ofTextIn file: Int) -> Reach? {
        if let reach = nodes[file].reach { return reach }
        return records[file].isQuiet ? .tests : nil
    }
}
