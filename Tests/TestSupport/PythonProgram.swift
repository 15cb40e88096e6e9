public import Foundation

/// A Python program that is asked over standard input and output; another implementation to compare with.
public struct PythonProgram: Sendable {
    private let source: String

    public init(_ source: String) {
        self.source = source
    }

    /// What the program prints for this input; nil when it cannot be run or fails.
    public func answer(_ input: Data) -> Data? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", source]
        let (inward, outward) = (Pipe(), Pipe())
        process.standardInput = inward
        process.standardOutput = outward
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        // The program must read everything before it writes anything, so neither side can block the other.
        inward.fileHandleForWriting.write(input)
        try? inward.fileHandleForWriting.close()
        let output = outward.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? output : nil
    }

    /// One line of answer for each of the inputs, which the program gets as lines of hexadecimal digits.
    public func answers(toEach inputs: [[UInt8]]) -> [String]? {
        let digits = Array("0123456789abcdef".utf8)
        var lines = Data()
        for input in inputs {
            for byte in input { lines.append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]]) }
            lines.append(0x0A)
        }
        guard let output = answer(lines) else { return nil }
        let answers = String(decoding: output, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        return answers.count == inputs.count ? answers : nil
    }
}
