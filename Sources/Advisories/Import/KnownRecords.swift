import Registry

/// The records of the snapshot before, found by the digest of their compressed bytes.
///
/// Only records that were used without a fault: the others are read again, so that each import names what is wrong.
final class KnownRecords: Sendable {
    /// Row numbers plus one by the digest's first bits; zero is free.
    private let table: [UInt32]
    private let digests: [UInt128]
    private let mask: Int

    /// Nil when the snapshot has no rows for the ecosystem.
    init?(_ previous: AdvisoryIndex?, _ ecosystem: Ecosystem) {
        guard let previous, let provenance = previous.section(ecosystem)?.provenance else { return nil }
        var digests = [UInt128](repeating: 0, count: provenance.count)
        var size = 16
        while size < 2 * provenance.count { size *= 2 }
        var table = [UInt32](repeating: 0, count: size)
        let mask = size - 1
        previous.image.withBytes { bytes in
            for place in 0..<provenance.count {
                let row = unsafe provenance.row(place, in: bytes)
                guard !row.state.contains(.faulty) else { continue }
                digests[place] = row.digest
                var slot = Int(truncatingIfNeeded: row.digest) & mask
                // Digests are spread evenly: nobody can choose them.
                while table[slot] != 0 { slot = (slot + 1) & mask }
                table[slot] = UInt32(place + 1)
            }
        }
        self.mask = mask
        self.digests = digests
        self.table = table
    }

    /// The row of the record with that digest.
    func place(of digest: UInt128) -> Int? {
        var slot = Int(truncatingIfNeeded: digest) & mask
        while table[slot] != 0 {
            let place = Int(table[slot]) - 1
            if digests[place] == digest { return place }
            slot = (slot + 1) & mask
        }
        return nil
    }
}
