import Registry
import Testing

@testable import Lockfiles

@Suite("Lines of requirements")
struct RequirementTests {
    private func entries(_ text: String) throws -> [String] { try Reading.entries(text, "requirements.txt") }

    private let hash = "sha256:" + String(repeating: "ab", count: 32)

    @Test("pins are read with extras, markers, spaces, parentheses and in every spelling of a version")
    func pins() throws {
        #expect(
            try entries(
                """
                Alpha_Pkg==1.0
                beta [x, y] == 2.0.0 ; python_version >= "3"
                gamma (==1!2.0-rc.1)
                delta===1.0+Local.7
                epsilon>=1,==1.5
                """) == [
                    "1 alpha-pkg@1.0", "2 beta@2.0.0", "3 gamma@1!2.0-rc.1", "4 delta@1.0+Local.7", "5 epsilon@1.5",
                ])
        let first = try Lockfile(reading: Array("gamma==1!2.0-rc.1".utf8), filename: "requirements.txt").entries[0]
        guard case .version(_, let version) = first.subject else {
            Issue.record("not read")
            return
        }
        #expect(version.normalized == "1!2.0rc1")
    }

    @Test("continuations, comments and hashes belong to the line they begin on")
    func continuations() throws {
        #expect(
            try entries(
                "# head\n\na==1 \\\n    --hash=\(hash) \\\n    --hash \(hash) # why\n    # via b\nb==2#x\nc==3 #x\n")
                == ["3 a@1 sha256 sha256", "7 ?", "8 c@3"])
        #expect(try entries("a==1 \\\n# comment\nb==2") == ["1 a@1", "3 b@2"])
        #expect(try entries("a==1 \\") == ["1 a@1"])
        #expect(try entries("a==1 --hash=sha384:\(String(repeating: "ab", count: 48))") == ["1 a@1"])
        #expect(try entries("a==1 --hash=sha256:12\nb==1") == ["1 ?", "2 b@1"])
        #expect(try entries("a==1 --hash=sha256\nb==1") == ["1 ?", "2 b@1"])
    }

    @Test("what fixes no version is said so, and what is from elsewhere is not of a registry")
    func others() throws {
        #expect(
            try entries(
                """
                a
                b>=1
                c==1.*
                d~=1.0
                e @ https://files.example/e-1.0.tar.gz
                git+https://git.example/f.git@main#egg=f
                ./g
                h-1.0-py3-none-any.whl ; python_version > "3"
                -e ./i
                -e git+https://git.example/j
                k!!
                """) == [
                    "1 a@?", "2 b@?", "3 c@?", "4 d@?", "5 ? url", "6 ? git", "7 ? path", "8 ? path", "9 ? path",
                    "10 ? git", "11 ?",
                ])
    }

    @Test("other files are entries that were not judged, constraints and indexes are notes, options are nothing")
    func options() throws {
        let text = """
            -i https://python.example/simple
            --extra-index-url=https://other.example/simple
            --require-hashes
            --trusted-host x
            -c constraints.txt
            -r base.txt
            --requirement=more.txt
            --requirements-like
            a==1
            """
        let lockfile = try Lockfile(reading: Array(text.utf8), filename: "requirements.txt")
        #expect(lockfile.entries.map(Reading.text) == ["6 ?", "7 ?", "9 a@1"])
        #expect(
            lockfile.entries[0].subject == .unreadable(reason: "other files are not read; check 'base.txt' as well"))
        #expect(lockfile.notes.count == 3)
        #expect(lockfile.notes[2] == "line 5: the constraints in 'constraints.txt' are not read")
    }
}
