import Cryptography
import JSON
import Platform
import Registry
import Worker

/// The two artifacts of a difference, open, with how they are called.
struct ComparedPair: Sendable {
    struct Side: Sendable {
        let opened: OpenedTarget
        /// A purl, or a path as it is shown.
        let name: String
        let filename: String
        /// What the bytes must be; nil for files of this machine.
        let sha512: SHA512Digest?
        var isPurl: Bool { sha512 != nil }
    }

    let base: Side
    let new: Side
    /// Why it is this base: `chain`, `asked` or `newest`; nil where both were named.
    let choice: String?
    /// For people, such as what was left out of a folder.
    let notes: [String]

    /// Two files or folders of this machine, the older first.
    init(files paths: [String], _ invocation: Invocation) async throws(CommandFailure) {
        let ecosystem = try ScanOptions.choice(
            "ecosystem", of: invocation, Ecosystem.allCases.map { ($0.rawValue, $0) })
        let disk = BlockingPool(name: "packing", threads: 1)
        var sides: [Side] = []
        for path in paths {
            let target = try ScanSearch.only(
                path, ecosystem: ecosystem, of: "each of both", invocation.surroundings.console)
            do throws(OpenedTarget.Fault) {
                let opened = try await OpenedTarget(target, ecosystem: ecosystem, on: disk)
                sides.append(
                    Side(opened: opened, name: Logger.printable(path), filename: target.filename, sha512: nil))
            } catch {
                throw CommandFailure(.failure, "\(Logger.printable(path)) cannot be read: \(error.detail)")
            }
        }
        (base, new, choice) = (sides[0], sides[1], nil)
        notes = sides.flatMap(\.opened.notes)
    }

    /// A release and what the server says that it is to be compared with.
    init(purl: String, _ invocation: Invocation) async throws(CommandFailure) {
        let server = try Deployment.server(invocation)
        var body: JSONObject = ["purl": .string(purl)]
        for name in ["against", "file", "registry"] {
            if let value = invocation.value(name) { body.append(name, .string(value)) }
        }
        if invocation.has("fetch") { body.append("fetch", true) }
        let plan = try await server.post("\(AdminClient.api)/differences", .object(body))
        base = try await Self.side(plan["base"], server)
        new = try await Self.side(plan["new"], server)
        choice = plan["choice"]?.stringValue
        notes = []
    }

    private static func side(_ value: JSONValue?, _ server: AdminClient) async throws(CommandFailure) -> Side {
        guard let value, let purl = try? PackageURL(parsing: value.text("purl")), purl.version != nil,
            let sha512 = try? SHA512Digest(hex: value.text("sha512")), let bytes = value["sizeBytes"]?.integerValue
        else { throw CommandFailure(.failure, "the server's answer names no artifact that this version understands") }
        let filename = value.text("filename")
        let file = try await server.download("\(AdminClient.api)/artifacts/\(sha512.hex)", maxBytes: bytes)
        return Side(
            opened: OpenedTarget(input: LocalAnalysis.Input(file: file, filename: filename, purl: purl)),
            name: purl.text, filename: filename, sha512: sha512)
    }

    /// Whether what was compared is what was asked for.
    func check(_ comparison: LocalAnalysis.Comparison) throws(CommandFailure) {
        for (side, digests) in [(base, comparison.baseDigests), (new, comparison.digests)] {
            guard let expected = side.sha512, expected != digests.sha512 else { continue }
            throw CommandFailure(
                .verificationFailed,
                "the server sent other bytes for \(side.name) than it names: expected sha512 \(expected.hex.prefix(16))…, "
                    + "got \(digests.sha512.hex.prefix(16))…; `jurat fsck` checks its cache")
        }
    }
}
