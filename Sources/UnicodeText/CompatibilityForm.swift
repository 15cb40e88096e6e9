import CUTF8Proc

/// Normalisation Form KC: what different characters of one meaning become.
public enum CompatibilityForm {
    /// The NFKC form of UTF-8 text; nil when the bytes are no UTF-8.
    ///
    /// Spec: Unicode Standard Annex 15.
    public static func nfkc(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        // Plain ASCII is its own form.
        if text.allSatisfy({ $0 < 0x80 }) { return Array(text) }
        var result: UnsafeMutablePointer<UInt8>?
        let options = UTF8PROC_STABLE.rawValue | UTF8PROC_COMPOSE.rawValue | UTF8PROC_COMPAT.rawValue
        let count = unsafe text.withUnsafeBufferPointer { source in
            unsafe utf8proc_map(
                source.baseAddress, source.count, &result, utf8proc_option_t(rawValue: options))
        }
        defer { unsafe free(result) }
        guard count >= 0, let result = unsafe result else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: result, count: count))
    }
}

extension CompatibilityForm {
    /// The plain small letters behind one character, without accents: `É` gives `e`, `ｅ` gives `e`, `ß` gives `ss`.
    ///
    /// Empty for marks that only accent or hide; at most 18 code points.
    static func plain(_ value: UInt32) -> [UInt32] {
        // These have no decomposition in Unicode, and one in every reader's eye.
        switch value {
        case 0xD8, 0xF8: return [0x6F]
        case 0x110, 0x111: return [0x64]
        case 0x131: return [0x69]
        case 0x141, 0x142: return [0x6C]
        case 0xC6, 0xE6: return [0x61, 0x65]
        case 0x152, 0x153: return [0x6F, 0x65]
        case 0x300...0x36F: return []
        case _: break
        }
        let options =
            UTF8PROC_DECOMPOSE.rawValue | UTF8PROC_COMPAT.rawValue | UTF8PROC_CASEFOLD.rawValue
            | UTF8PROC_STRIPMARK.rawValue | UTF8PROC_IGNORE.rawValue
        return unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 18) { buffer in
            var boundary: Int32 = 0
            let count = unsafe utf8proc_decompose_char(
                Int32(bitPattern: value), buffer.baseAddress, buffer.count, utf8proc_option_t(rawValue: options),
                &boundary)
            guard count >= 0, count <= buffer.count else { return [value] }
            var result: [UInt32] = []
            for index in 0..<count { unsafe result.append(UInt32(bitPattern: buffer[index])) }
            return result
        }
    }
}
