import CLinux
import Glibc

/// A whole regular file mapped read-only into memory; unmapped when the last reference goes.
///
/// Map only files that no other process shortens: reading past a new, earlier end kills the process (SIGBUS).
/// Files that are replaced by rename, as everything in this program is, stay intact under the mapping.
@safe
public final class MappedFile: @unchecked Sendable {
    /// The file's size in bytes when it was mapped.
    public let count: Int
    @usableFromInline let base: UnsafeMutableRawPointer?

    /// Maps the file at `path`.
    ///
    /// - Throws: `FileError` when it cannot be opened or mapped, or is not a regular file.
    public convenience init(path: String) throws(FileError) {
        let file = try OpenFile.openForReading(path)
        try self.init(file)
    }

    /// Maps an open file; the mapping does not keep the descriptor in use.
    ///
    /// - Throws: `FileError` when it cannot be mapped.
    public init(_ file: OpenFile) throws(FileError) {
        guard let size = Int(exactly: file.sizeBytes) else {
            throw FileError(operation: "map", path: file.path, code: EFBIG)
        }
        count = size
        // mmap refuses a length of zero; an empty file needs no mapping.
        guard size > 0 else {
            unsafe base = nil
            return
        }
        let address = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw FileError(operation: "map", path: file.path, code: currentErrorNumber())
        }
        unsafe base = address
    }

    deinit {
        if let base = unsafe base { unsafe munmap(base, count) }
    }

    /// Lets go of the memory behind a part of the mapping; whoever reads it again gets it from the file again.
    ///
    /// For readers that pass once through a file too large to be held. Others may read the same bytes meanwhile.
    public func releasePages(_ range: Range<Int>) {
        guard let base = unsafe base, !range.isEmpty else { return }
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range outside the mapped file")
        let start = range.lowerBound & ~(Int(getpagesize()) - 1)
        // Advice that the kernel does not take only leaves the pages where they are.
        _ = unsafe madvise(base + start, range.upperBound - start, MADV_DONTNEED)
    }

    /// Lends the bytes to `body`; the pointer must not outlive the call.
    @inlinable
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe try body(UnsafeRawBufferPointer(start: base, count: count))
    }
}
