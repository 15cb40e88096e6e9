import CCurl

/// An absolute http or https URL, taken apart and put together by the same code that will fetch it.
struct UpstreamURL: Sendable, Equatable {
    enum Scheme: String, Sendable {
        case http
        case https
    }

    let scheme: Scheme
    /// In lower case; an IPv6 address without brackets.
    let host: String
    let port: Int
    /// The whole URL as it is fetched, without fragment.
    let text: String

    /// Reads an absolute URL without user information.
    init(parsing text: String) throws(UpstreamError) {
        let handle = try URLHandle(for: text)
        try handle.set(text, shownAs: text)
        self = try handle.url(shownAs: text)
    }

    /// Resolves what a `Location` field says against this URL.
    ///
    /// Spec: RFC 9110 section 10.2.2.
    func resolving(_ location: String) throws(UpstreamError) -> UpstreamURL {
        let handle = try URLHandle(for: location)
        try handle.set(text, shownAs: text)
        try handle.set(location, shownAs: location)
        return try handle.url(shownAs: location)
    }

    private init(scheme: Scheme, host: String, port: Int, text: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.text = text
    }

    /// Whether credentials meant for `other` may be sent here: same scheme, host and port.
    func hasSameOrigin(as other: UpstreamURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// curl's parser of one URL.
    @safe
    private struct URLHandle: ~Copyable {
        private let handle: OpaquePointer

        init(for text: String) throws(UpstreamError) {
            guard let handle = unsafe curl_url() else { throw .invalidURL(url: text, reason: "out of memory") }
            unsafe self.handle = handle
        }

        deinit {
            unsafe curl_url_cleanup(handle)
        }

        /// Sets the URL, or moves it by a relative one.
        func set(_ text: String, shownAs shown: String) throws(UpstreamError) {
            // A NUL would hide the rest from curl.
            if text.utf8.contains(0) { throw .invalidURL(url: shown, reason: "it contains a NUL byte") }
            let flags = CURLU_DISALLOW_USER | CURLU_URLENCODE
            let code = unsafe curl_url_set(handle, CURLUPART_URL, text, UInt32(flags))
            guard code == CURLUE_OK else {
                throw .invalidURL(url: shown, reason: unsafe String(cString: curl_url_strerror(code)))
            }
        }

        func url(shownAs shown: String) throws(UpstreamError) -> UpstreamURL {
            guard let scheme = part(CURLUPART_SCHEME).flatMap({ Scheme(rawValue: $0.lowercased()) }) else {
                throw .invalidURL(url: shown, reason: "only http and https are fetched")
            }
            guard var host = part(CURLUPART_HOST)?.lowercased(), !host.isEmpty else {
                throw .invalidURL(url: shown, reason: "it names no host")
            }
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            guard let port = part(CURLUPART_PORT, flags: CURLU_DEFAULT_PORT).flatMap({ Int($0) }) else {
                throw .invalidURL(url: shown, reason: "its port is not a number")
            }
            _ = unsafe curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
            guard let text = part(CURLUPART_URL) else {
                throw .invalidURL(url: shown, reason: "it cannot be written back")
            }
            return UpstreamURL(scheme: scheme, host: host, port: port, text: text)
        }

        private func part(_ part: CURLUPart, flags: Int32 = 0) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(handle, part, &text, UInt32(flags)) == CURLUE_OK, let text = unsafe text else {
                return nil
            }
            defer { unsafe curl_free(text) }
            return unsafe String(cString: text)
        }
    }
}
