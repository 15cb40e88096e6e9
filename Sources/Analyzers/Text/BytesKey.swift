/// Bytes as the key of a dictionary or a member of a set.
///
/// An array of bytes hashes itself byte by byte; this hashes all at once, many times faster.
struct BytesKey: Hashable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func hash(into hasher: inout Hasher) {
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
}
