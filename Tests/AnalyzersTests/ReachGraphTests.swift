import Testing

@testable import Analyzers

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

private func node(_ specifier: String, atLoad: Bool = true, isCalled: Bool = false) -> FileLink {
    FileLink(target: .node(bytes(specifier)), atLoad: atLoad, isCalled: isCalled)
}

private func python(_ module: String, _ members: [String] = [], isCalled: Bool = false) -> FileLink {
    FileLink(target: .python(bytes(module), members: members.map(bytes)), atLoad: true, isCalled: isCalled)
}

/// Files with links, and what leads to each of them.
private struct Package {
    let records: [FileRecord]
    let graph: ReachGraph

    init(
        _ files: [(path: String, links: [FileLink])], starts: [(String, Reach)], layout: ArtifactLayout = .npmTarball,
        mains: [String: String] = [:]
    ) {
        records = files.map { file in
            let path = bytes(file.path)
            let parts = path.split(separator: UInt8(ascii: "/")).map(Array.init)
            return FileRecord(
                name: path, path: path, isQuiet: FileRole(path: parts).isTestOrDocumentation,
                kind: layout == .npmTarball ? .javaScript : .python, report: FileReport(),
                reading: LateReading(LateReading.Found(links: file.links)), folderMain: nil)
        }
        let table = FileTable(
            paths: records.map(\.path),
            mains: Dictionary(uniqueKeysWithValues: mains.map { (bytes($0.key), bytes($0.value)) }),
            ownName: bytes("acme"), layout: layout)
        let indices = starts.compactMap { start in
            table.file(at: bytes(start.0)).map { (file: $0, reach: start.1) }
        }
        graph = ReachGraph(records: records, table: table, starts: indices)
    }

    func reach(_ path: String, atLoad: Bool = true) -> Reach? {
        records.firstIndex { $0.path == bytes(path) }.map { graph.reach(ofCodeIn: $0, atLoad: atLoad) }
    }
}

@Suite("What leads to a file")
struct ReachGraphTests {
    @Test("what an install script loads runs at installation, its uncalled functions do not")
    func install() {
        let package = Package(
            [
                ("setup.js", [node("./lib/a"), node("./lib/b", isCalled: true)]), ("lib/a.js", []), ("lib/b.js", []),
                ("lib/c.js", []), ("test/d.js", []),
            ], starts: [("setup.js", .install)])
        #expect(package.reach("setup.js", atLoad: false) == .install)
        #expect(package.reach("lib/a.js") == .install)
        #expect(package.reach("lib/a.js", atLoad: false) == .call)
        #expect(package.reach("lib/b.js", atLoad: false) == .install)
        #expect(package.reach("lib/c.js") == .call)
        #expect(package.reach("test/d.js") == .tests)
    }

    @Test("tests that the package loads are no tests")
    func tests() {
        let package = Package(
            [("index.js", [node("./test/a"), node("./test/b", atLoad: false)]), ("test/a.js", []), ("test/b.js", [])],
            starts: [("index.js", .load)])
        #expect(package.reach("test/a.js") == .load)
        #expect(package.reach("test/a.js", atLoad: false) == .call)
        #expect(package.reach("test/b.js") == .call)
    }

    @Test("a circle of files ends, and the gravest way counts")
    func circles() {
        let package = Package(
            [("a.js", [node("./b")]), ("b.js", [node("./a"), node("./c")]), ("c.js", [node("./b")])],
            starts: [("c.js", .load), ("a.js", .install)])
        for file in ["a.js", "b.js", "c.js"] { #expect(package.reach(file) == .install) }
    }

    @Test("specifiers are resolved as Node does")
    func nodeResolution() {
        let files = [
            "a.js", "b.cjs", "c/index.mjs", "d.json", "e/lib/main.js", "f.ts", "node_modules/g/index.js", "h.js",
            "x y.js",
        ]
        let links = ["./a", "./b.cjs", "./c", "./d", "./e", "./f.js", "g", "acme/h", "../../etc/passwd", "fs", "./x y"]
        let package = Package(
            [("index.js", links.map { node($0) })] + files.map { ($0, []) }, starts: [("index.js", .load)],
            mains: ["e": "./lib/main"])
        for file in files { #expect(package.reach(file) == .load, "\(file)") }
    }

    @Test("imports are resolved as Python does, with the packages on the way")
    func pythonResolution() {
        let files = [
            "acme/__init__.py", "acme/a/__init__.py", "acme/a/b.py", "acme/c.py", "acme/d.py", "tools/build.py",
            "src/lib.py",
        ]
        let package = Package(
            [
                ("setup.py", [python("acme.a.b", ["f"]), python("tools.build", isCalled: true), python("lib")]),
                ("acme/a/b.py", [python("..", ["c"]), python(".b"), python("...far")]),
            ] + files.filter { $0 != "acme/a/b.py" }.map { ($0, []) },
            starts: [("setup.py", .install)], layout: .sourceDistribution)
        for file in files where file != "acme/d.py" { #expect(package.reach(file) == .install, "\(file)") }
        #expect(package.reach("acme/d.py") == .call)
        #expect(package.reach("tools/build.py", atLoad: false) == .install)
        #expect(package.reach("acme/__init__.py", atLoad: false) == .call)
    }

    @Test("the files that commands run are found behind options and other scripts")
    func commands() {
        func files(_ command: String) -> [String] {
            CommandFiles.run(by: bytes(command)).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(files("node ./lib/setup.js --fast") == ["lib/setup.js"])
        #expect(files("node -r ./hook.js run.js").sorted() == ["hook.js", "run.js"])
        #expect(files("sh install.sh && python tools/x.py") == ["install.sh", "tools/x.py"])
        #expect(files("node -e \"require('./postinstall')\"") == ["postinstall"])
        #expect(files("echo done") == [])
        #expect(CommandFiles.scripts(runBy: bytes("npm run build && yarn -s post")) == ["build", "post"])
    }
}
