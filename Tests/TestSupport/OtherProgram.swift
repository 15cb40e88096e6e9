import Foundation
import Platform

/// Another program that implements the same specification, asked over standard input and output.
public struct OtherProgram: Sendable {
    public let arguments: [String]

    public init(_ arguments: [String]) {
        self.arguments = arguments
    }

    /// What the program prints for this input; nil when it cannot be run or fails.
    public func answer(_ input: String) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let (inward, outward) = (Pipe(), Pipe())
        process.standardInput = inward
        process.standardOutput = outward
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        // The programs read everything before they write anything, so neither side can block the other.
        inward.fileHandleForWriting.write(Data(input.utf8))
        try? inward.fileHandleForWriting.close()
        let output = outward.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: output, as: UTF8.self) : nil
    }

    /// One line of answer for each line of input; fewer when the program could not be run.
    public func lines(_ input: [String]) -> [String] {
        let answer = answer(input.joined(separator: "\n") + "\n") ?? ""
        return answer.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}

extension OtherProgram {
    /// Why a program of the tests' tools cannot be run.
    public struct Missing: Error, CustomStringConvertible {
        public let description: String
    }

    /// A program in Python, which may import everything that `Tests/requirements.txt` names.
    public static func python(_ program: String) throws -> OtherProgram {
        OtherProgram([try pythonPath(), "-c", program])
    }

    /// A program in JavaScript, whose first argument is the folder of the packages that npm itself brings.
    public static func node(_ program: String) throws -> OtherProgram {
        guard let root = OtherProgram(["npm", "root", "-g"]).answer("") else {
            throw Missing(description: "npm cannot be run: run `scripts/setup test`")
        }
        let folder = root.trimmingCharacters(in: .whitespacesAndNewlines) + "/npm/node_modules"
        return OtherProgram(["node", "-e", program, folder])
    }

    /// The Python with the tests' tools: the one in `JURAT_TEST_PYTHON`, else that of the checkout.
    public static func pythonPath(sourceFile: String = #filePath) throws -> String {
        if let path = ProcessEnvironment.system()["JURAT_TEST_PYTHON"] { return path }
        let path = sourceFile.components(separatedBy: "/Tests/")[0] + "/.tools/venv/bin/python"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Missing(
                description: "no Python with the tests' tools: run `scripts/setup test`, or set JURAT_TEST_PYTHON")
        }
        return path
    }
}
