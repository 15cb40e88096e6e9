import Foundation
import Platform
import Registry
import TestSupport
import Testing

@testable import CLI

@Suite("What a scan finds to analyse")
struct ScanTargetTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func write(_ names: String...) throws {
        for name in names {
            let folder = Files.directory(of: directory.path(name))
            try Files.createDirectory(folder)
            try directory.write(Array("x".utf8), to: name)
        }
    }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: directory.path(name), withDestinationPath: target)
    }

    private func found(_ name: String = "", ecosystem: Ecosystem? = nil) throws(CommandFailure) -> ScanSearch {
        var search = ScanSearch(ecosystem: ecosystem, takesAnyFile: ecosystem != nil)
        try search.add(name.isEmpty ? directory.path : directory.path(name))
        return search
    }

    private func code(_ name: String, ecosystem: Ecosystem? = nil) -> ExitCode? {
        do {
            _ = try found(name, ecosystem: ecosystem)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("every artifact below a folder is found, in the order of the paths, and nothing else")
    func recursive() throws {
        try write(
            "b/deep/er/box.tgz", "a.whl", "c.tar.gz", "c.tar.bz2", "d.egg", "e.zip", "README.md", "b/notes.txt",
            ".git/objects/f.tgz", ".tgz")
        let paths = try found().targets.map { String($0.path.dropFirst(directory.path.count + 1)) }
        #expect(paths == ["a.whl", "b/deep/er/box.tgz", "c.tar.bz2", "c.tar.gz", "d.egg", "e.zip"])
    }

    @Test("links are not followed, so folders that contain themselves end")
    func links() throws {
        try write("a.tgz", "sub/b.txt")
        try link("sub/loop", to: directory.path)
        try link("other.tgz", to: "/etc/hostname")
        let search = try found()
        #expect(search.targets.map(\.filename) == ["a.tgz"])
        #expect(search.notes.count == 1 && search.notes[0].contains("2 symbolic links"))
    }

    @Test("a link that somebody names is followed")
    func namedLink() throws {
        try write("a.tgz")
        try link("latest.tgz", to: "a.tgz")
        #expect(try found("latest.tgz").targets == [ScanTarget(path: directory.path("latest.tgz"), contents: .file)])
    }

    @Test("a folder that is an unpacked package is one input")
    func packages() throws {
        try write("npm/package.json", "npm/dist/old.tgz", "py/pyproject.toml", "old/setup.py", "sdist/PKG-INFO")
        try write("wheel/box/a.py", "wheel/box-1.0.dist-info/METADATA")
        let forms = try ["npm", "py", "old", "sdist", "wheel"].map { try found($0).targets.map(\.contents) }
        #expect(
            forms == [
                [.folder(.npmTarball)], [.folder(.sourceDistribution)], [.folder(.sourceDistribution)],
                [.folder(.sourceDistribution)], [.folder(.wheel(metadataFolder: "box-1.0.dist-info"))],
            ])
    }

    @Test("an environment with several installed packages is no package, and nothing in it is taken for one")
    func environment() throws {
        try write("all/site/a-1.dist-info/METADATA", "all/site/b-1.dist-info/METADATA", "all/site/a/setup.py")
        #expect(code("all/site") == .notFound)
        try write("all/box.tgz", "all/venv/pyvenv.cfg", "all/venv/lib/x.whl")
        let search = try found("all")
        #expect(search.targets.map(\.filename) == ["box.tgz"])
        #expect(search.notes.count == 2 && search.notes.allSatisfy { $0.contains("environment") })
    }

    @Test("packages below a folder are inputs of their own, and so is what is installed below them")
    func installed() throws {
        try write(
            "web/package.json", "web/node_modules/a/package.json", "web/node_modules/a/esm/package.json",
            "web/node_modules/@s/b/package.json", "web/node_modules/a/node_modules/c/package.json",
            "web/node_modules/.bin/x", "web/node_modules/d/setup.py", "tools/box/pyproject.toml")
        func paths(_ search: ScanSearch) -> [String] {
            search.targets.map { String($0.path.dropFirst(directory.path.count + 1)) }
        }
        #expect(try paths(found("web")) == ["web"])
        let installed = [
            "web/node_modules/@s/b", "web/node_modules/a", "web/node_modules/a/node_modules/c", "web/node_modules/d",
        ]
        #expect(try paths(found("web/node_modules")) == installed)
        #expect(try paths(found()) == ["tools/box", "web"] + installed)
    }

    @Test("a lockfile is sent to the command that reads it, a manifest to its folder")
    func lockfile() throws {
        let words = [
            "package-lock.json": "jurat check", "requirements-dev.txt": "jurat check", "setup.py": "the folder",
        ]
        for (name, words) in words {
            try write(name)
            var search = ScanSearch()
            do {
                try search.add(directory.path(name))
                Issue.record("\(name) was taken for an artifact")
            } catch {
                #expect(error.code == .usage && error.message.contains(words))
            }
        }
    }

    @Test("of two manifests one counts, which is said, and the user may choose the other")
    func bothManifests() throws {
        try write("web/package.json", "web/pyproject.toml", "sdist/package.json", "sdist/PKG-INFO")
        let web = try found("web")
        #expect(web.targets.map(\.contents) == [.folder(.npmTarball)])
        #expect(web.notes.count == 1 && web.notes[0].contains("--ecosystem pypi"))
        #expect(try found("sdist").targets.map(\.contents) == [.folder(.sourceDistribution)])
        let chosen = try found("web", ecosystem: .pypi)
        #expect(chosen.targets.map(\.contents) == [.folder(.sourceDistribution)] && chosen.notes.isEmpty)
    }

    @Test("what is not there, empty, or no artifact is refused with its own exit code")
    func refusals() throws {
        try write("notes.txt", "folder/notes.txt")
        #expect(code("missing.tgz") == .notFound)
        #expect(code("folder") == .notFound)
        #expect(code("notes.txt") == .usage)
        #expect(code("notes.txt", ecosystem: .npm) == nil)
        var search = ScanSearch()
        #expect(throws: CommandFailure.self) { try search.add("/dev/null") }
    }
}
