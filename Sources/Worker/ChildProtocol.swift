import Platform

/// What supervisors, templates and children read from each other, without a process: for tests that feed it anything.
package enum ChildProtocol {
    /// Reads bytes as everything that is sent besides orders and answers.
    package static func read(_ bytes: [UInt8]) {
        if let order = CopyOrder(decoding: bytes) {
            precondition(order.encoded == bytes, "limits that mean two things")
        }
        if let status = CopyOrder.status(decoding: bytes) {
            precondition(CopyOrder.status(decoding: CopyOrder.encode(status)) == status, "an end that means two things")
        }
        if let attempt = SandboxTrial.attempt(decoding: bytes) {
            precondition(SandboxTrial.attempt(decoding: SandboxTrial.encode(attempt)) == attempt, "another attempt")
        }
    }

    /// What a frame holds; nil when the bytes are none.
    package static func framedPart(of bytes: [UInt8]) -> [UInt8]? { ChildChannel.unframed(bytes) }
}
