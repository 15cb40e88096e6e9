import Testing

@testable import Configuration

@Suite("The warm section")
struct WarmSectionTests {
    private let head =
        "registries:\n  npmjs: { ecosystem: npm, type: upstream, url: \"https://r.example/\", public: true }\n"

    @Test("what is left out has its default, and what is written is read back from the effective text")
    func reading() throws {
        let standard = try Loading.configuration(head).warming
        #expect(standard == .standard && standard.interval == .seconds(21_600))
        #expect(try Loading.configuration(head + "warm: null\n").warming == standard)
        let text =
            head + """
                warm: { interval: 2h, versions: 3, requestsPerSecond: 10, connections: 1, wheels: ["cp312-*-manylinux*_x86_64", "*_aarch64"] }

                """
        let set = try Loading.configuration(text)
        #expect(set.warming.interval == .seconds(7200) && set.warming.versions == 3)
        #expect(set.warming.requestsPerSecond == 10 && set.warming.connections == 1)
        #expect(set.warming.wheels == ["cp312-*-manylinux*_x86_64", "*_aarch64"])
        #expect(try Loading.configuration(ConfigurationLoader.effectiveText(set)).warming == set.warming)
        let never = try Loading.configuration(head + "warm: { interval: null }\n")
        #expect(never.warming.interval == nil)
        #expect(try Loading.configuration(ConfigurationLoader.effectiveText(never)).warming == never.warming)
    }

    @Test(
        "mistakes are told with what was expected",
        arguments: [
            ("interval: 30s", "at least 60s"), ("versions: 0", "from 1 to 50"),
            ("requestsPerSecond: 0.5", "from 1 to 100"),
            ("connections: 9", "from 1 to 8"), ("wheels: [cp312]", "cp312-*-manylinux*_x86_64"),
            ("wheels: [\"a-b-c-d\"]", "pattern of wheel tags"), ("wheels: [\"a b-*\"]", "pattern of wheel tags"),
            ("versoins: 3", "did you mean"),
        ])
    func mistakes(text: String, expected: String) {
        let problems = Loading.problems(head + "warm: { \(text) }\n")
        #expect(problems.count == 1 && problems[0].contains(expected), "\(problems)")
    }
}
