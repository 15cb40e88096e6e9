/// What is wrong with a request's framing; the connection always ends after it.
///
/// Spec: RFC 9112 sections 2.2, 3, 5, 6 and 7, where they allow a choice the refusing one.
enum RequestRefusal: Error, Sendable, Equatable, CaseIterable {
    case malformedRequestLine
    case unknownMethod
    case unsupportedVersion
    case malformedTarget
    case targetTooLong
    case headersTooLarge
    case tooManyHeaders
    case bareLineFeed
    case bareCarriageReturn
    case obsoleteFolding
    case malformedFieldName
    case controlCharacter
    case missingHost
    case malformedHost
    case malformedContentLength
    case repeatedContentLength
    case lengthAndTransferEncoding
    case transferEncodingInOldVersion
    case malformedTransferEncoding
    case unknownTransferEncoding
    case unknownExpectation
    case bodyTooLarge
    case malformedChunk
    case chunkExtensionsTooLarge
    case malformedTrailer
    case trailersTooLarge

    /// The status to answer with.
    var status: Int {
        switch self {
        case .malformedRequestLine, .malformedTarget, .bareLineFeed, .bareCarriageReturn, .obsoleteFolding,
            .malformedFieldName, .controlCharacter, .missingHost, .malformedHost, .malformedContentLength,
            .repeatedContentLength, .lengthAndTransferEncoding, .transferEncodingInOldVersion,
            .malformedTransferEncoding, .malformedChunk, .chunkExtensionsTooLarge, .malformedTrailer:
            400
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .unknownExpectation: 417
        case .headersTooLarge, .tooManyHeaders, .trailersTooLarge: 431
        case .unknownMethod, .unknownTransferEncoding: 501
        case .unsupportedVersion: 505
        }
    }

    /// One sentence for the person who sent it; nothing of the request is in it.
    var sentence: String {
        switch self {
        case .malformedRequestLine: "The request line is not \"method target HTTP/1.1\"."
        case .unknownMethod: "This server does not know the request's method."
        case .unsupportedVersion: "This server speaks HTTP/1.0 and HTTP/1.1."
        case .malformedTarget: "The request target is not a path of visible ASCII characters."
        case .targetTooLong: "The request target is too long."
        case .headersTooLarge: "The header fields are too large."
        case .tooManyHeaders: "The request has too many header fields."
        case .bareLineFeed: "A line ends with LF in place of CR LF."
        case .bareCarriageReturn: "A CR stands without LF."
        case .obsoleteFolding: "A header field continues on a second line."
        case .malformedFieldName: "A header field's name is not a token followed by a colon."
        case .controlCharacter: "A header field has a control character."
        case .missingHost: "The Host field is missing."
        case .malformedHost: "The Host field is repeated or malformed."
        case .malformedContentLength: "Content-Length is not one decimal number."
        case .repeatedContentLength: "Content-Length is repeated."
        case .lengthAndTransferEncoding: "Content-Length and Transfer-Encoding stand together."
        case .transferEncodingInOldVersion: "Transfer-Encoding does not exist in HTTP/1.0."
        case .malformedTransferEncoding: "Transfer-Encoding is repeated or malformed."
        case .unknownTransferEncoding: "This server knows no transfer coding but chunked."
        case .unknownExpectation: "This server meets no expectation but 100-continue."
        case .bodyTooLarge: "The body is too large."
        case .malformedChunk: "The chunked body is malformed."
        case .chunkExtensionsTooLarge: "The chunk extensions are too large."
        case .malformedTrailer: "The trailer fields are malformed."
        case .trailersTooLarge: "The trailer fields are too large."
        }
    }
}
