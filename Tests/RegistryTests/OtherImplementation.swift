import Foundation

/// Another program that implements the same specification, asked over standard input and output.
struct OtherImplementation {
    let arguments: [String]

    /// Python's `packaging`, in the copy that every pip carries.
    static let packaging = OtherImplementation(arguments: ["python3", "-c", packagingProgram])

    /// node-semver, in the copy that every npm carries.
    static let nodeSemver: OtherImplementation? = {
        guard let root = OtherImplementation(arguments: ["npm", "root", "-g"]).answer("") else { return nil }
        let path = root.trimmingCharacters(in: .whitespacesAndNewlines) + "/npm/node_modules/semver"
        return OtherImplementation(arguments: ["node", "-e", nodeProgram, path])
    }()

    static let hasPackaging = packaging.answer("") != nil
    static let hasNodeSemver = nodeSemver?.answer("") != nil

    /// What the program prints for this input; nil when it cannot be run or fails.
    func answer(_ input: String) -> String? {
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

    /// One line of answer for each line of input.
    func lines(_ input: [String]) -> [String] {
        let answer = answer(input.joined(separator: "\n") + "\n") ?? ""
        return answer.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// A line `text` is answered with its normal form, canonical form and pre-release flag, or `-`; a line `a b` with the
    /// sign of the comparison.
    private static let packagingProgram = """
        import sys
        from pip._vendor.packaging.version import Version, InvalidVersion
        from pip._vendor.packaging.utils import canonicalize_version
        out = []
        for line in sys.stdin.read().splitlines():
            parts = line.split(" ")
            try:
                versions = [Version(part) for part in parts]
            except InvalidVersion:
                out.append("-")
                continue
            if len(parts) == 2:
                a, b = versions
                out.append(str((a > b) - (a < b)))
            else:
                v = versions[0]
                out.append(f"{v} {canonicalize_version(str(v))} {'pre' if v.is_prerelease else 'final'}")
        print("\\n".join(out))
        """

    /// A line `text` is answered with the loosely read version and whether it is strict, or `-`; a line `a b` with the sign.
    private static let nodeProgram = """
        const semver = require(process.argv[1]);
        const out = [];
        const lines = require("fs").readFileSync(0, "utf8").split("\\n").slice(0, -1);
        for (const line of lines) {
          const parts = line.split(" ");
          const loose = parts.map((part) => semver.parse(part, { loose: true }));
          if (loose.includes(null)) out.push("-");
          else if (parts.length === 2) out.push(String(semver.compare(parts[0], parts[1], { loose: true })));
          else out.push(`${loose[0].version} ${semver.parse(parts[0]) ? "strict" : "loose"}`);
        }
        console.log(out.join("\\n"));
        """
}
