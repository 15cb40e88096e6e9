/// What a parser takes of one message.
struct ParserLimits: Sendable, Equatable {
    /// The request line and header fields with their closing empty line.
    var maxHeaderBytes = 16 * 1024
    var maxTargetBytes = 4 * 1024
    var maxHeaders = 100
    var maxBodyBytes: Int64 = 1 << 30
    /// All extensions of all chunks of one body.
    var maxChunkExtensionBytes = 4 * 1024
    /// All trailer fields with their closing empty line.
    var maxTrailerBytes = 4 * 1024
    /// Leading zeros included.
    var maxChunkSizeDigits = 16
}
