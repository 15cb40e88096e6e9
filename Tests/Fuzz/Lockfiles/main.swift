/// Feeds bytes that libFuzzer makes up to the readers of lockfiles, under the names that choose one.
///
///     scripts/fuzz 60 Lockfiles
import FuzzSupport
import Lockfiles

FuzzEntry.run { bytes in
    // Requirements are counted in Python's lines, which end at more than line feeds: at no more than these bytes, though.
    let ends: Set<UInt8> = [0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x85, 0xA8, 0xA9]
    let lines = bytes.count { ends.contains($0) } + 1
    for name in [nil, "yarn.lock", "requirements.txt", "npm-shrinkwrap.json", "bun.lock"] {
        do throws(LockfileError) {
            let lockfile = try Lockfile(reading: bytes, filename: name, limits: LockfileLimits(maxEntries: 500))
            for entry in lockfile.entries {
                precondition(entry.ecosystem == lockfile.format.ecosystem, "an entry of another ecosystem")
                precondition(entry.line.map { (1...lines).contains($0) } ?? true, "a line outside of the text")
            }
        } catch {
            precondition(!error.description.isEmpty, "an error without words")
        }
    }
}
