import CLinux
import Glibc
import Platform
import TestSupport
import Testing

@Suite("Files")
struct FilesTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("a durable write replaces the whole file and leaves no temporary")
    func durableWrite() throws {
        let path = directory.path("record")
        try Files.writeDurably(Array("first, longer".utf8), to: path)
        try Files.writeDurably(Array("second".utf8), to: path, mode: 0o644)
        #expect(try Files.readAll(path) == Array("second".utf8))
        #expect(try Files.permissions(path) == 0o644)
        #expect(try Files.list(directory.path) == ["record"])
    }

    @Test(
        "the folder of a path is what comes before its last slash",
        arguments: [("name", "."), ("/name", "/"), ("a/b", "a"), ("/a/b/c", "/a/b"), ("./a", "."), ("a/", "a")])
    func folder(path: String, expected: String) {
        #expect(Files.directory(of: path) == expected)
    }

    @Test("a key file is readable by its owner alone, whatever the umask says")
    func permissions() throws {
        let path = try directory.write([1], to: "key")
        #expect(try Files.permissions(path) == 0o600)
        try Files.setPermissions(0o640, of: path)
        #expect(try Files.permissions(path) == 0o640)
    }

    @Test("reading refuses more than the limit")
    func readLimit() throws {
        let path = try directory.write([1, 2, 3, 4], to: "four")
        #expect(try Files.readAll(path, maxBytes: 4) == [1, 2, 3, 4])
        #expect(throws: FileError.self) { try Files.readAll(path, maxBytes: 3) }
    }

    @Test("errors name the operation, the path and the reason, and tell absence from other failures")
    func errors() throws {
        let missing = directory.path("missing")
        let error = try #require(throws: FileError.self) { try Files.readAll(missing) }
        #expect(error.description == "cannot open \(missing): No such file or directory")
        #expect(error.isNotFound)
        let directoryError = try #require(throws: FileError.self) { try Files.readAll(directory.path) }
        #expect(!directoryError.isNotFound)
        #expect(throws: FileError.self) { try Files.remove(missing) }
        #expect(throws: FileError.self) { try Files.writeDurably([], to: directory.path("no/such/place")) }
    }

    @Test("a path with a NUL byte is refused, never cut short")
    func nulByte() throws {
        let path = try directory.write([1], to: "file")
        let removal = try #require(throws: FileError.self) { try Files.remove(path + "\0suffix") }
        let reading = try #require(throws: FileError.self) { try Files.readAll(path + "\0suffix") }
        for error in [removal, reading] {
            #expect(error.code == EINVAL)
            #expect(!error.description.contains("\0"))
        }
        #expect(Files.exists(path))
    }

    @Test("an uncommitted temporary file vanishes, a committed one stays")
    func temporaryFile() throws {
        do {
            var dropped = try TemporaryFile.create(inDirectory: directory.path)
            try dropped.write([1, 2])
            #expect(try Files.list(directory.path).count == 1)
        }
        #expect(try Files.list(directory.path) == [])
        var kept = try TemporaryFile.create(inDirectory: directory.path)
        try kept.write(Array("ab".utf8))
        try kept.write(Array("cd".utf8))
        #expect(kept.sizeBytes == 4)
        try kept.commit(to: directory.path("kept"))
        #expect(try Files.readAll(directory.path("kept")) == Array("abcd".utf8))
        #expect(try Files.list(directory.path) == ["kept"])
    }

    @Test("a commit that cannot rename leaves neither the temporary nor the destination")
    func failedCommit() throws {
        try Files.createDirectory(directory.path("destination/inside"))
        #expect(throws: FileError.self) {
            let file = try TemporaryFile.create(inDirectory: directory.path)
            try file.commit(to: directory.path("destination"))
        }
        #expect(try Files.list(directory.path) == ["destination"])
    }

    @Test("a write that the file system refuses half-way leaves the old file whole and no temporary")
    func fullFileSystem() async throws {
        let path = try directory.write([1, 2, 3], to: "file")
        unsafe setenv("JURAT_TEST_FILE", path, 1)
        await #expect(processExitsWith: .exitCode(6)) {
            let path = try #require(ProcessEnvironment.system()["JURAT_TEST_FILE"])
            // The limit stands for a full disk: the kernel takes the first bytes and refuses the rest.
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
            guard unsafe setrlimit(__rlimit_resource_t(1), &limit) == 0 else { _exit(1) }
            do throws(FileError) {
                try Files.writeDurably([UInt8](repeating: 9, count: 10_000), to: path)
                _exit(2)
            } catch {
                _exit(error.code == EFBIG ? 6 : 3)
            }
        }
        #expect(try Files.readAll(path) == [1, 2, 3])
        #expect(try Files.list(directory.path) == ["file"])
    }

    @Test("what a crash left of temporary files is swept, and nothing else")
    func sweep() throws {
        try directory.write([1], to: TemporaryFile.namePrefix + "0123")
        try directory.write([1], to: "artifact")
        #expect(try Files.removeAbandonedTemporaries(inDirectory: directory.path) == 1)
        #expect(try Files.list(directory.path) == ["artifact"])
    }

    @Test("directories are made with their parents, and an existing one is fine")
    func createDirectory() throws {
        try Files.createDirectory(directory.path("a/b/c"), mode: 0o750)
        try Files.createDirectory(directory.path("a/b/c"))
        #expect(try Files.permissions(directory.path("a/b/c")) == 0o750)
        try directory.write([], to: "file")
        let error = try #require(throws: FileError.self) { try Files.createDirectory(directory.path("file")) }
        #expect(error.code == ENOTDIR)
        #expect(throws: FileError.self) { try Files.createDirectory(directory.path("file/under")) }
    }

    @Test("a listing is ascending by bytes")
    func list() throws {
        for name in ["b", "a", "Z", "é", "10", "9"] { try directory.write([], to: name) }
        #expect(try Files.list(directory.path) == ["10", "9", "Z", "a", "b", "é"])
    }

    @Test("removing a tree does not follow symbolic links")
    func removeTree() throws {
        let outside = try directory.write([7], to: "outside")
        try Files.createDirectory(directory.path("tree/deep"))
        try directory.write([1], to: "tree/deep/file")
        #expect(unsafe symlink(directory.path, directory.path("tree/link")) == 0)
        try Files.removeTree(directory.path("tree"))
        #expect(try Files.readAll(outside) == [7])
        #expect(!Files.exists(directory.path("tree")))
    }

    @Test("status questions answer size, kind, time and free space")
    func status() throws {
        let path = try directory.write([1, 2, 3], to: "file")
        #expect(try Files.sizeBytes(path) == 3)
        #expect(try Files.kind(path) == .regularFile)
        #expect(try Files.kind(directory.path) == .directory)
        #expect(try Files.availableBytes(directory.path) > 0)
        #expect(unsafe symlink("nowhere", directory.path("link")) == 0)
        #expect(try Files.kind(directory.path("link")) == .symbolicLink)
        #expect(Files.exists(directory.path("link")))
        #expect(!Files.exists(directory.path("missing")) && !Files.exists(path + "/below"))
        var old = [timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000, tv_nsec: 0)]
        #expect(unsafe utimensat(AT_FDCWD, path, &old, 0) == 0)
        #expect(try Files.modificationTime(path).secondsSinceEpoch == 1_000_000)
        try Files.touch(path)
        #expect(try Files.modificationTime(path).secondsSinceEpoch > 1_700_000_000)
    }

    @Test("an open file goes on reading the old bytes after it is replaced")
    func openFile() throws {
        let path = try directory.write(Array(0..<100), to: "file")
        let file = try OpenFile.openForReading(path)
        try Files.writeDurably([9], to: path)
        #expect(file.sizeBytes == 100)
        #expect(try file.read(at: 10, count: 5) == [10, 11, 12, 13, 14])
        #expect(try file.read(at: 95, count: 50) == [95, 96, 97, 98, 99])
        #expect(try file.read(at: 100, count: 1) == [] && file.read(at: 1000, count: 1) == [])
        #expect(fcntl(file.descriptor, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test("only regular files are opened, and a FIFO does not stall")
    func openRefusesOthers() throws {
        #expect(unsafe mkfifo(directory.path("fifo"), 0o600) == 0)
        #expect(throws: FileError.self) { try OpenFile.openForReading(directory.path("fifo")) }
        #expect(throws: FileError.self) { try OpenFile.openForReading(directory.path) }
        #expect(throws: FileError.self) { try OpenFile.openForReading("/dev/zero") }
    }

    @Test("a mapping shows the file's bytes, also of an empty file")
    func mapping() throws {
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let mapped = try MappedFile(path: try directory.write(bytes, to: "file"))
        try Files.remove(directory.path("file"))
        #expect(mapped.count == 10_000)
        #expect(unsafe mapped.withBytes { unsafe Array($0) } == bytes)
        let empty = try MappedFile(path: try directory.write([], to: "empty"))
        #expect(empty.count == 0)
        #expect(unsafe empty.withBytes { $0.count } == 0)
        #expect(throws: FileError.self) { try MappedFile(path: directory.path("missing")) }
    }
}
