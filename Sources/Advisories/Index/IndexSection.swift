import Registry

/// One ecosystem's part of an open index.
struct IndexSection: Sendable {
    let entry: SectionEntry

    init(_ entry: SectionEntry) {
        self.entry = entry
    }

    /// The part's arrays, computed from its header.
    private struct Layout {
        let packageCount: Int
        let idCount: Int
        let nameEnds: Int
        let blobEnds: Int
        let idEnds: Int
        let idPackages: Int
        let names: Int
        let blobs: Int
        let ids: Int

        @unsafe
        init(_ entry: SectionEntry, _ bytes: UnsafeRawBufferPointer) {
            let end = entry.offset + entry.byteCount
            var reader = unsafe IndexReader(bytes, entry.offset..<end)
            packageCount = Int(reader.readInteger(UInt32.self))
            idCount = Int(reader.readInteger(UInt32.self))
            let nameBytes = Int(reader.readInteger(UInt32.self))
            let blobBytes = Int(reader.readInteger(UInt32.self))
            let idBytes = Int(reader.readInteger(UInt32.self))
            nameEnds = entry.offset + IndexFormat.sectionHeaderBytes
            blobEnds = nameEnds + 4 * packageCount
            idEnds = blobEnds + 4 * packageCount
            idPackages = idEnds + 4 * idCount
            names = idPackages + 4 * idCount
            blobs = names + nameBytes
            ids = blobs + blobBytes
            precondition(ids + idBytes == end, "a part of the index has another length than its arrays")
        }
    }

    @unsafe
    func package(named name: PackageName, in bytes: UnsafeRawBufferPointer) -> PackageBlob? {
        let layout = unsafe Layout(entry, bytes)
        let wanted = Array(name.canonical.utf8)
        let index = Self.firstIndex(layout.packageCount) { index in
            unsafe !Self.item(index, bytes, layout.nameEnds, layout.names).lexicographicallyPrecedes(wanted)
        }
        guard index < layout.packageCount,
            unsafe Self.item(index, bytes, layout.nameEnds, layout.names).elementsEqual(wanted)
        else { return nil }
        return unsafe PackageBlob(name, bytes, Self.bounds(index, bytes, layout.blobEnds, layout.blobs))
    }

    @unsafe
    func package(at index: Int, in bytes: UnsafeRawBufferPointer) -> PackageBlob? {
        let layout = unsafe Layout(entry, bytes)
        let text = unsafe String(
            decoding: Self.item(index, bytes, layout.nameEnds, layout.names), as: UTF8.self)
        guard let name = try? PackageName(parsing: text, ecosystem: entry.ecosystem) else { return nil }
        return unsafe PackageBlob(name, bytes, Self.bounds(index, bytes, layout.blobEnds, layout.blobs))
    }

    /// The places of the packages that a record is about.
    @unsafe
    func packages(withID id: String, in bytes: UnsafeRawBufferPointer) -> [Int] {
        let layout = unsafe Layout(entry, bytes)
        let wanted = Array(id.utf8)
        var index = Self.firstIndex(layout.idCount) { index in
            unsafe !Self.item(index, bytes, layout.idEnds, layout.ids).lexicographicallyPrecedes(wanted)
        }
        var packages: [Int] = []
        while index < layout.idCount, unsafe Self.item(index, bytes, layout.idEnds, layout.ids).elementsEqual(wanted) {
            packages.append(unsafe Self.integer(bytes, layout.idPackages + 4 * index))
            index += 1
        }
        return packages
    }

    @unsafe
    func packages(in bytes: UnsafeRawBufferPointer) -> [PackageBlob] {
        let layout = unsafe Layout(entry, bytes)
        return (0..<layout.packageCount).compactMap { unsafe package(at: $0, in: bytes) }
    }

    /// The names whose blobs differ or exist on one side only.
    @unsafe
    static func difference(
        _ new: IndexSection?, _ newBytes: UnsafeRawBufferPointer, _ old: IndexSection?,
        _ oldBytes: UnsafeRawBufferPointer, _ ecosystem: Ecosystem
    ) -> [PackageName] {
        var before = unsafe old?.blobRanges(in: oldBytes) ?? [:]
        var changed: [String] = []
        for (name, range) in unsafe new?.blobRanges(in: newBytes) ?? [:] {
            let earlier = before.removeValue(forKey: name)
            let isEqual = earlier.map { unsafe oldBytes[$0].elementsEqual(newBytes[range]) } ?? false
            if !isEqual { changed.append(name) }
        }
        changed += before.keys
        return changed.compactMap { try? PackageName(parsing: $0, ecosystem: ecosystem) }
    }

    private func blobRanges(in bytes: UnsafeRawBufferPointer) -> [String: Range<Int>] {
        let layout = unsafe Layout(entry, bytes)
        var result: [String: Range<Int>] = [:]
        result.reserveCapacity(layout.packageCount)
        for index in 0..<layout.packageCount {
            let name = unsafe String(decoding: Self.item(index, bytes, layout.nameEnds, layout.names), as: UTF8.self)
            result[name] = unsafe Self.bounds(index, bytes, layout.blobEnds, layout.blobs)
        }
        return result
    }
}

// Arrays of items of different lengths: the end of each, then all of them joined.
extension IndexSection {
    private static func firstIndex(_ count: Int, where isAtOrAfter: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isAtOrAfter(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static func integer(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        precondition(offset >= 0 && bytes.count - offset >= 4, "an array of the index is cut off")
        return unsafe Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }

    private static func bounds(
        _ index: Int, _ bytes: UnsafeRawBufferPointer, _ ends: Int, _ items: Int
    ) -> Range<Int> {
        let start = unsafe index == 0 ? 0 : integer(bytes, ends + 4 * (index - 1))
        let end = unsafe integer(bytes, ends + 4 * index)
        precondition(start <= end && items + end <= bytes.count, "an item of the index is cut off")
        return (items + start)..<(items + end)
    }

    private static func item(
        _ index: Int, _ bytes: UnsafeRawBufferPointer, _ ends: Int, _ items: Int
    ) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: bytes[bounds(index, bytes, ends, items)])
    }
}
