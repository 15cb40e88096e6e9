import JSON
import Testing

@testable import CLI

@Suite("What a check says of several files")
struct CheckResultsTests {
    private func exitCode(_ input: String, in path: String, among all: [String]) -> ExitCode {
        var results = CheckResults()
        let entry: JSONValue = ["standing": "unknown", "input": .string(input)]
        results.add(["entries": [entry]], of: path, whichIsOneOf: all)
        return results.exitCode(isStrict: false)
    }

    @Test("an included file counts as checked only when it is that very file")
    func includes() {
        let name = "requirements.txt"
        #expect(exitCode("-r base.txt", in: name, among: [name, "base.txt"]) == .success)
        #expect(exitCode("-r ../base.txt", in: "dev/\(name)", among: ["dev/\(name)", "./base.txt"]) == .success)
        #expect(exitCode("--requirement=/p/base.txt", in: name, among: [name, "/p/x/../base.txt"]) == .success)
        // Of the same name and another file; by its name alone it would be the file that includes it.
        #expect(exitCode("-r dev/\(name)", in: name, among: [name]) == .failure)
        #expect(exitCode("-r base.txt", in: "dev/\(name)", among: ["dev/\(name)", "base.txt"]) == .failure)
        #expect(exitCode("-r ../../base.txt", in: "dev/\(name)", among: ["dev/\(name)", "base.txt"]) == .failure)
    }
}
