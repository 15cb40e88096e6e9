import Foundation
import Platform
import TestSupport
import Testing

@testable import CLI

@Suite("Folders packed for a scan")
struct FolderPackingTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func write(_ name: String, _ text: String = "x") throws {
        try Files.createDirectory(Files.directory(of: directory.path(name)))
        try directory.write(Array(text.utf8), to: name)
    }

    private func packed(_ name: String, as form: PackedForm) throws(FolderFault) -> FolderPacking.Packed {
        var packing = FolderPacking(directory.path(name), as: form)
        return try packing.pack()
    }

    private func bytes(_ packed: FolderPacking.Packed) throws -> [UInt8] {
        try packed.file.read(at: 0, count: Int(packed.file.sizeBytes))
    }

    /// What another program sees in the archive: a line for each member with its name, mode and content.
    private func listing(_ packed: FolderPacking.Packed) throws -> [String] {
        let program = PythonProgram(
            """
            import io, sys, tarfile, zipfile
            data = io.BytesIO(sys.stdin.buffer.read())
            if zipfile.is_zipfile(data):
                archive = zipfile.ZipFile(data)
                assert archive.testzip() is None
                for m in archive.infolist():
                    print(m.filename, oct(m.external_attr >> 16 & 0o777), archive.read(m)[:9].decode())
            else:
                data.seek(0)
                archive = tarfile.open(fileobj=data)
                for m in archive:
                    print(m.name, oct(m.mode), archive.extractfile(m).read()[:9].decode())
            """)
        let answer = try #require(program.answer(Data(try bytes(packed))))
        return String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("a folder becomes the same tarball whatever the order its files were made in")
    func deterministic() throws {
        for (folder, names) in [("a", ["package.json", "lib/b.js", "lib/a.js"]), ("b", ["lib/a.js", "lib/b.js"])] {
            for name in names { try write("\(folder)/\(name)", name) }
        }
        try write("b/package.json", "package.json")
        let (first, second) = (try packed("a", as: .npmTarball), try packed("b", as: .npmTarball))
        #expect(try bytes(first) == bytes(second))
        #expect(first.file.sizeBytes % 512 == 0 && first.filename == "package.tgz" && first.prefix == "package/")
        let members = try listing(first)
        #expect(
            members == [
                "package/lib/a.js 0o644 lib/a.js", "package/lib/b.js 0o644 lib/b.js",
                "package/package.json 0o644 package.j",
            ])
    }

    @Test("version control, dependencies and environments are left out, bundled dependencies are not")
    func leftOut() throws {
        for folder in ["plain", "bundling"] {
            try write("\(folder)/.git/config")
            try write("\(folder)/node_modules/dep/index.js")
            try write("\(folder)/.venv/pyvenv.cfg")
            try write("\(folder)/.venv/lib/site.py")
        }
        try write("plain/package.json", "{}")
        try write("bundling/package.json", #"{ "bundleDependencies" : ["dep"] }"#)
        let plain = try packed("plain", as: .npmTarball)
        let members = try listing(plain)
        #expect(members == ["package/package.json 0o644 {}"])
        #expect(plain.notes.count == 2 && plain.notes[0].contains("node_modules was left out"))
        #expect(plain.notes.last?.contains("1 virtual environments") == true)
        let bundling = try packed("bundling", as: .npmTarball)
        let bundled = try listing(bundling)
        #expect(bundled.contains("package/node_modules/dep/index.js 0o644 x"))
    }

    @Test("links are neither followed nor packed")
    func links() throws {
        try write("box/setup.py")
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: directory.path("box/secret"), withDestinationPath: "/etc/passwd")
        try manager.createSymbolicLink(atPath: directory.path("box/self"), withDestinationPath: ".")
        let packed = try packed("box", as: .sourceDistribution)
        let members = try listing(packed)
        #expect(members == ["source/setup.py 0o644 x"])
        #expect(packed.notes.count == 1 && packed.notes[0].contains("2 symbolic links"))
    }

    @Test("long and foreign names and the executable bit survive")
    func names() throws {
        let long = Array(repeating: "folder", count: 30).joined(separator: "/") + "/é.py"
        try write("box/\(long)")
        try write("box/run.sh", "#!/bin/sh")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path("box/run.sh"))
        let members = try listing(try packed("box", as: .sourceDistribution))
        #expect(
            members == [
                "source/\(long) 0o644 x", "source/run.sh 0o755 #!/bin/sh",
            ])
    }

    @Test("an unpacked wheel becomes one, with its name, its checksums and without compiled files")
    func wheel() throws {
        try write("w/box/a.py", "print(1)")
        try write("w/box/__pycache__/a.pyc")
        try write("w/box-1.0.dist-info/METADATA", "Name: box")
        let packed = try packed("w", as: .wheel(metadataFolder: "box-1.0.dist-info"))
        #expect(packed.filename == "box-1.0-py3-none-any.whl" && packed.prefix.isEmpty)
        let members = try listing(packed)
        #expect(
            members == ["box/a.py 0o644 print(1)", "box-1.0.dist-info/METADATA 0o644 Name: box"])
    }

    @Test("half a package is none: what is no file ends the packing")
    func faults() throws {
        try write("box/setup.py")
        #expect(unsafe mkfifo(directory.path("box/pipe"), 0o600) == 0)
        #expect(throws: FolderFault.self) { try packed("box", as: .sourceDistribution) }
        #expect(throws: FolderFault.self) { try packed("missing", as: .sourceDistribution) }
    }
}
