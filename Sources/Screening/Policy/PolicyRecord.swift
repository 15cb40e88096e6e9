import Cryptography
import JSON
import Registry

/// The policy in writing: the form that is hashed into its revision and shown by `jurat policy show`.
extension ScreeningPolicy {
    /// Every key with its effective value, under the names of the configuration; durations in seconds.
    ///
    /// Members are in canonical order and lists in the order of the configuration, so equal policies have equal bytes.
    public var canonicalJSON: [UInt8] {
        var record: JSONObject = [
            "allow": Self.texts(allow), "analyzers": Self.texts(analyzers), "cooldown": Self.seconds(cooldown),
            "cooldownExempt": Self.texts(cooldownExempt), "cooldownLiftForFixes": .bool(cooldownLiftForFixes),
            "cooldownWithoutTime": .string(cooldownWithoutTime.rawValue), "deny": Self.texts(deny),
            "denyInstallScripts": .bool(denyInstallScripts), "diff": Self.record(diff),
            "holdUntil": Self.texts(holdUntil),
            "onAnalyzerUnavailable": .string(onAnalyzerUnavailable.rawValue),
            "onMalicious": .string(onMalicious.rawValue), "onSuspicious": .string(onSuspicious.rawValue),
            "pendingMax": Self.seconds(pendingMax), "requireRepositoryUrl": .bool(requireRepositoryURL),
        ]
        // Canonical JSON has neither fractions nor null: tenths, and no member for "never".
        if let maxCVSSTenths { record.append("maxCvssScoreTenths", .integer(Int64(maxCVSSTenths))) }
        do throws(CanonicalJSONError) {
            return try CanonicalJSON.encode(.object(record))
        } catch {
            preconditionFailure("a policy holds a value that canonical JSON cannot: \(error)")
        }
    }

    private static func record(_ limits: DifferenceLimits) -> JSONValue {
        [
            "maxChangedBytes": .integer(limits.maxChangedBytes),
            "maxChangedFiles": .integer(Int64(limits.maxChangedFiles)), "maxSteps": .integer(Int64(limits.maxSteps)),
        ]
    }

    private static func seconds(_ duration: Duration) -> JSONValue {
        .integer(min(max(duration.components.seconds, 0), CanonicalJSON.maxInteger))
    }

    private static func texts<Element: CustomStringConvertible>(_ elements: [Element]) -> JSONValue {
        .array(elements.map { .string($0.description) })
    }
}
