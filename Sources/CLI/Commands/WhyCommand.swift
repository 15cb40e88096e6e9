import Cryptography
import JSON
import Platform
import Registry
import VerdictStore

/// `jurat why`: the decision on one artifact now, and everything that it stands on.
enum WhyCommand {
    static let command = Command(
        ["why"], "explain the decision on a purl, integrity, file, hold id or request id", operands: ["WHAT"],
        options: [
            OutputFormat.option, .value("registry", "NAME", "decide for this registry (default: the ecosystem's)"),
        ],
        example: "jurat why pkg:npm/left-pad@1.3.0", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        try Reference.check(invocation.operands[0])
        let deployment = try Deployment(invocation)
        let subject = try WhySubject(invocation.operands[0], deployment)
        let answer = try await deployment.admin.get(
            "\(AdminClient.api)/why",
            query: [(subject.kind, subject.text), ("registry", invocation.value("registry") ?? subject.registry)])
        return WhyText(answer, words: OwnRuleWords(invocation)).print(on: invocation.surroundings.console, as: format)
    }
}

/// What the operand of `why` stands for, as far as it can be told without the server.
private struct WhySubject {
    let kind: String
    let text: String
    var registry: String?

    private static let maxFileBytes = 2 << 30

    init(_ operand: String, _ deployment: Deployment) throws(CommandFailure) {
        if operand.hasPrefix("pkg:") {
            self.init(kind: "purl", text: operand)
        } else if operand.hasPrefix("sha512-") {
            do {
                guard let digest = try ClaimedIntegrity(sri: operand).sha512 else {
                    throw CommandFailure(.usage, "not SHA-512")
                }
                self.init(kind: "integrity", text: digest.hex)
            } catch {
                throw CommandFailure(.usage, "\(operand) is no integrity: \(error)")
            }
        } else if (try? SHA512Digest(hex: operand)) != nil {
            self.init(kind: "integrity", text: operand)
        } else if operand.utf8.count <= 8, !operand.contains("/"), !operand.contains(".") {
            self.init(kind: "ref", text: operand)
        } else if Files.exists(operand) {
            do {
                let bytes = try Files.readAll(operand, maxBytes: Self.maxFileBytes)
                self.init(kind: "integrity", text: SHA512Digest(hashing: bytes).hex)
            } catch {
                throw CommandFailure(.failure, "\(error)")
            }
        } else {
            try self.init(requestID: operand, deployment.data.auditPath)
        }
    }

    private init(kind: String, text: String, registry: String? = nil) {
        self.kind = kind
        self.text = text
        self.registry = registry
    }

    /// The artifact that an audited request was about; the newest audit file is searched.
    private init(requestID: String, _ auditPath: String) throws(CommandFailure) {
        let lines: [UInt8]
        do { lines = try Files.readAll(auditPath, maxBytes: 256 << 20) } catch {
            throw CommandFailure(
                .notFound, "\(requestID) is no purl, integrity, file or hold id, and there is no audit log: \(error)")
        }
        for line in lines.split(separator: UInt8(ascii: "\n")).reversed() {
            guard let event = try? JSONText.parse(Array(line)), event["requestId"]?.stringValue == requestID,
                let purl = event["purl"]?.stringValue
            else { continue }
            self.init(kind: "purl", text: purl, registry: event["registry"]?.stringValue)
            return
        }
        throw CommandFailure(
            .notFound, "\(requestID) is no purl, integrity, file or hold id, and the audit log knows no such request")
    }
}
