import Glibc
import Platform
import Testing

@Suite("Files in memory")
struct MemoryFileTests {
    @Test("what was appended is what is read, and nobody can change it afterwards")
    func sealed() throws {
        var memory = try MemoryFile(name: "box")
        try memory.append(Array("first ".utf8))
        try memory.append([])
        try memory.append(Array("second".utf8))
        #expect(memory.sizeBytes == 12)
        let file = try memory.sealed()
        #expect(file.sizeBytes == 12)
        #expect(try file.read(at: 0, count: 100) == Array("first second".utf8))
        #expect(ftruncate(file.descriptor, 0) == -1)
        #expect(unsafe pwrite(file.descriptor, "x", 1, 0) == -1)
        #expect(fcntl(file.descriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(try MappedFile(file).count == 12)
    }

    @Test("an empty one is a file too")
    func empty() throws {
        let memory = try MemoryFile(name: "")
        #expect(try memory.sealed().sizeBytes == 0)
    }
}
