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
