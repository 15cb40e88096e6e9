import Cryptography
import JSON
import Platform
import Registry

/// The states of all sources as the text of `sources.json`, and back.
///
/// ```
/// {"npm": {"place", "placeDigest", "bundle": {"digest", "entityTag", "lastModified", "file": [device, inode, bytes, ns]},
///          "confirmedAt", "attemptedAt", "failure", "failuresInARow", "failuresEver", "notBefore"}, …}
/// ```
enum SourceStateText {
    /// Long sentences come from servers; what people read of one fits a line or two.
    private static let maxFailureBytes = 1000

    static func encode(_ states: [Ecosystem: AdvisorySourceState]) -> [UInt8] {
        var object = JSONObject()
        for ecosystem in Ecosystem.allCases {
            if let state = states[ecosystem] { object.append(ecosystem.rawValue, .object(encode(state))) }
        }
        return JSONText.serialize(.object(object), pretty: true)
    }

    private static func encode(_ state: AdvisorySourceState) -> JSONObject {
        var object = JSONObject()
        func text(_ name: String, _ value: String?) { if let value { object.append(name, .string(value)) } }
        text("place", state.place)
        text("placeDigest", state.placeDigest?.hex)
        if let bundle = state.bundle { object.append("bundle", .object(encode(bundle))) }
        text("confirmedAt", state.confirmedAt?.rfc3339)
        text("attemptedAt", state.attemptedAt?.rfc3339)
        text("failure", state.failure.map { String(decoding: $0.utf8.prefix(maxFailureBytes), as: UTF8.self) })
        object.append("failuresInARow", .integer(Int64(state.failuresInARow)))
        object.append("failuresEver", .integer(Int64(state.failuresEver)))
        text("notBefore", state.notBefore?.rfc3339)
        return object
    }

    private static func encode(_ bundle: AdvisorySourceState.KnownBundle) -> JSONObject {
        var object: JSONObject = ["digest": .string(bundle.digest.hex)]
        if let tag = bundle.entityTag { object.append("entityTag", .string(tag)) }
        if let modified = bundle.lastModified { object.append("lastModified", .string(modified)) }
        if let file = bundle.fingerprint {
            let words = [
                Int64(bitPattern: file.device), Int64(bitPattern: file.inode), file.sizeBytes,
                file.modifiedNanoseconds,
            ]
            object.append("file", .array(words.map { .string(String($0)) }))
        }
        return object
    }

    /// - Throws: `JSONError` or `TimestampError` when the text is none of ours.
    static func decode(_ bytes: [UInt8]) throws -> [Ecosystem: AdvisorySourceState] {
        var states: [Ecosystem: AdvisorySourceState] = [:]
        for member in try JSONText.parse(bytes).objectValue?.members ?? [] {
            guard let ecosystem = Ecosystem(rawValue: member.name) else { continue }
            states[ecosystem] = try decode(member.value)
        }
        return states
    }

    private static func decode(_ value: JSONValue) throws -> AdvisorySourceState {
        func time(_ name: String) throws -> Timestamp? {
            try value[name]?.stringValue.map { try Timestamp(parsing: $0) }
        }
        func count(_ name: String) -> Int { max(0, Int(clamping: value[name]?.integerValue ?? 0)) }
        var state = AdvisorySourceState()
        state.place = value["place"]?.stringValue
        state.placeDigest = value["placeDigest"]?.stringValue.flatMap { try? SHA256Digest(hex: $0) }
        state.bundle = value["bundle"].flatMap(bundle)
        state.confirmedAt = try time("confirmedAt")
        state.attemptedAt = try time("attemptedAt")
        state.failure = value["failure"]?.stringValue
        state.failuresInARow = count("failuresInARow")
        state.failuresEver = count("failuresEver")
        state.notBefore = try time("notBefore")
        return state
    }

    private static func bundle(_ value: JSONValue) -> AdvisorySourceState.KnownBundle? {
        guard let digest = value["digest"]?.stringValue.flatMap({ try? SHA256Digest(hex: $0) }) else { return nil }
        var bundle = AdvisorySourceState.KnownBundle(digest: digest)
        bundle.entityTag = value["entityTag"]?.stringValue
        bundle.lastModified = value["lastModified"]?.stringValue
        let words = (value["file"]?.arrayValue ?? []).compactMap { $0.stringValue.flatMap { Int64($0) } }
        if words.count == 4 {
            bundle.fingerprint = Files.Fingerprint(
                device: UInt64(bitPattern: words[0]), inode: UInt64(bitPattern: words[1]), sizeBytes: words[2],
                modifiedNanoseconds: words[3])
        }
        return bundle
    }

    /// What `checked.json` of earlier versions holds: when each ecosystem was last confirmed.
    static func decodeConfirmations(_ bytes: [UInt8]) throws -> [Ecosystem: AdvisorySourceState] {
        var states: [Ecosystem: AdvisorySourceState] = [:]
        for member in try JSONText.parse(bytes).objectValue?.members ?? [] {
            guard let ecosystem = Ecosystem(rawValue: member.name), let text = member.value.stringValue else {
                continue
            }
            var state = AdvisorySourceState()
            state.confirmedAt = try Timestamp(parsing: text)
            states[ecosystem] = state
        }
        return states
    }
}
