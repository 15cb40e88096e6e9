import CArchive

/// Gives bytes piece by piece; a piece stays valid until the next is asked for.
protocol ChunkSource: AnyObject {
    /// The next piece, empty at the end.
    @unsafe func nextChunk() throws(ArchiveFailure) -> UnsafeRawBufferPointer
}

/// One libarchive reader over a source of bytes; writes nothing to disk.
///
/// What libarchive reports is not trusted: it passes traversal, links, devices and duplicates through.
@safe
final class LibarchiveReader {
    /// What the bytes are.
    enum Format {
        case tar
        /// No archive: one stream, compressed.
        case bzip2, xz
    }

    /// A member as libarchive describes it.
    struct Entry {
        /// Nil when libarchive cannot represent it.
        let name: [UInt8]?
        let sizeBytes: Int64
        let isEncrypted: Bool
    }

    private let archive: OpaquePointer
    private let input: ArchiveInput
    private var entry: OpaquePointer?

    /// Opens a reader; the source is read when the first member is asked for.
    init(_ format: Format, over source: any ChunkSource) throws(ArchiveFailure) {
        guard let archive = unsafe archive_read_new() else { throw .unreadable }
        unsafe self.archive = archive
        input = ArchiveInput(source)
        switch format {
        case .tar:
            unsafe archive_read_support_format_tar(archive)
            unsafe archive_read_set_format_option(archive, "tar", "mac-ext", nil)
        case .bzip2:
            unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_BZIP2)
            unsafe archive_read_support_format_raw(archive)
        case .xz:
            unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_XZ)
            unsafe archive_read_support_format_raw(archive)
        }
        let client = unsafe Unmanaged.passUnretained(input).toOpaque()
        guard unsafe archive_read_open(archive, client, nil, supplyChunk, nil) == ARCHIVE_OK else {
            throw input.failure ?? .unreadable
        }
    }

    deinit { unsafe archive_read_free(archive) }

    /// Goes to the next member; nil at the end.
    func nextEntry() throws(ArchiveFailure) -> Entry? {
        var found: OpaquePointer?
        let code = unsafe jurat_archive_next_header(archive, &found)
        if let failure = input.failure { throw failure }
        if code == ARCHIVE_EOF { return nil }
        guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let found = unsafe found else { throw .unreadable }
        unsafe entry = found
        let name = unsafe jurat_archive_entry_pathname(found).map { unsafe bytes(of: $0) }
        return Entry(
            name: name, sizeBytes: unsafe archive_entry_size(found),
            isEncrypted: unsafe archive_entry_is_encrypted(found) != 0)
    }

    /// Lends the next block of the member's content to `body`; false at its end.
    ///
    /// `body` gets the block and how many zeros stand before it, which sparse files have.
    func withNextBlock(
        _ body: (UnsafeRawBufferPointer, Int64) throws(ArchiveFailure) -> Void
    ) throws(ArchiveFailure) -> Bool {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        let code = unsafe archive_read_data_block(archive, &start, &count, &offset)
        if let failure = input.failure { throw failure }
        if code == ARCHIVE_EOF { return false }
        guard code == ARCHIVE_OK || code == ARCHIVE_WARN else { throw .unreadable }
        try unsafe body(UnsafeRawBufferPointer(start: start, count: count), offset)
        return true
    }
}

/// The bytes of a C string.
private func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
    var result: [UInt8] = []
    var position = unsafe text
    while unsafe position.pointee != 0 {
        unsafe result.append(UInt8(bitPattern: position.pointee))
        unsafe position += 1
    }
    return result
}

/// What libarchive's callback reads from, and where it leaves the failure that it cannot return.
private final class ArchiveInput {
    let source: any ChunkSource
    var failure: ArchiveFailure?

    init(_ source: any ChunkSource) { self.source = source }
}

/// libarchive's read callback; a global function, since a closure could inherit an actor's isolation.
private func supplyChunk(
    _ archive: OpaquePointer?, _ client: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
    guard let client = unsafe client, let buffer = unsafe buffer else { return Int(ARCHIVE_FATAL) }
    let input = unsafe Unmanaged<ArchiveInput>.fromOpaque(client).takeUnretainedValue()
    do {
        let chunk = unsafe try input.source.nextChunk()
        unsafe buffer.pointee = chunk.baseAddress
        return chunk.count
    } catch {
        input.failure = error
        return Int(ARCHIVE_FATAL)
    }
}

/// Runs `body` with a locale in which libarchive reports every UTF-8 name.
func withUTF8Locale<Result>(_ body: () -> Result) -> Result {
    let previous = unsafe jurat_archive_enter_utf8_locale()
    defer { unsafe jurat_archive_leave_utf8_locale(previous) }
    return body()
}
