import CCurl
import Platform

/// curl's handle of one transfer, with what it borrows for as long as it lives.
@safe
final class CurlEasy {
    let handle: UnsafeMutableRawPointer
    private var fields: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    /// Configures a handle for one attempt. `context` is not retained: it must outlive the transfer.
    init(_ plan: TransferPlan, context: Transfer) {
        guard let handle = unsafe curl_easy_init() else { preconditionFailure("curl is out of memory") }
        unsafe self.handle = handle
        let capacity = Int(CURL_ERROR_SIZE)
        unsafe errorText = .allocate(capacity: capacity)
        unsafe errorText.initialize(repeating: 0, count: capacity)
        unsafe jurat_easy_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        let context = unsafe Unmanaged.passUnretained(context).toOpaque()
        unsafe jurat_easy_on_header(handle, transferTookHeader, context)
        unsafe jurat_easy_on_body(handle, transferTookBody, context)
        unsafe jurat_easy_on_open_socket(handle, transferOpensSocket, context)
        unsafe jurat_easy_on_connected(handle, transferConnected, context)
        if plan.body != nil { unsafe jurat_easy_on_progress(handle, transferProgressed, context) }
        configureConnection(plan)
        configureRequest(plan)
        configureFields(plan)
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(fields)
        unsafe errorText.deallocate()
    }

    private func set(_ option: CURLoption, _ value: Int) {
        _ = unsafe jurat_easy_number(handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) {
        let code = unsafe jurat_easy_text(handle, option, value)
        precondition(code == CURLE_OK, "curl refuses an option that this version knows")
    }

    private func configureConnection(_ plan: TransferPlan) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_BUFFERSIZE, 128 * 1024)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: max(1, plan.connectTimeout.wholeNanoseconds / 1_000_000)))
        if let file = plan.certificateAuthorities { set(CURLOPT_CAINFO, file) }
        if let path = plan.unixSocketPath { set(CURLOPT_UNIX_SOCKET_PATH, path) }
        // Empty texts, unlike unset options, keep curl from looking into the environment itself.
        set(CURLOPT_PROXY, plan.unixSocketPath == nil ? plan.proxy ?? "" : "")
        set(CURLOPT_NOPROXY, "")
    }

    private func configureRequest(_ plan: TransferPlan) {
        set(CURLOPT_URL, plan.url.text)
        switch plan.method {
        case .get where plan.body == nil: set(CURLOPT_HTTPGET, 1)
        case .head: set(CURLOPT_NOBODY, 1)
        case .get, .post, .put, .patch, .delete, .options:
            if plan.body != nil || plan.method != .delete && plan.method != .options { set(CURLOPT_POST, 1) }
            set(CURLOPT_CUSTOMREQUEST, plan.method.rawValue)
            guard plan.body != nil || plan.method != .delete && plan.method != .options else { break }
            let body = plan.body ?? []
            // curl copies the bytes, so the size must be known first.
            _ = unsafe jurat_easy_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            if body.isEmpty {
                set(CURLOPT_COPYPOSTFIELDS, "")
            } else {
                _ = unsafe body.withUnsafeBytes { bytes in
                    unsafe jurat_easy_pointer(handle, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress)
                }
            }
        }
        if plan.acceptsGzip { set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        set(CURLOPT_USERAGENT, plan.userAgent)
    }

    private func configureFields(_ plan: TransferPlan) {
        for (name, value) in plan.headers {
            switch name.lowercased() {
            case "host", "content-length", "transfer-encoding", "connection", "expect", "accept-encoding", "user-agent":
                continue
            default: break
            }
            guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else { continue }
            var bytes: [UInt8] = []
            bytes.append(fieldValue: Array(value.utf8).span)
            let text = String(decoding: bytes, as: UTF8.self)
            // In curl's notation a colon alone would remove the field; a semicolon sends it empty.
            appendField(text.isEmpty ? "\(name);" : "\(name): \(text)")
        }
        // Neither the wait for `100 Continue` nor a form's type is wanted unasked.
        appendField("Expect:")
        if !plan.headers.contains("content-type") { appendField("Content-Type:") }
        _ = unsafe jurat_easy_list(handle, CURLOPT_HTTPHEADER, fields)
    }

    private func appendField(_ line: String) {
        guard let longer = unsafe curl_slist_append(fields, line) else {
            preconditionFailure("curl is out of memory")
        }
        unsafe fields = longer
    }

    /// What curl's code and text mean.
    func error(for code: CURLcode, _ plan: TransferPlan) -> UpstreamError {
        let text = unsafe String(cString: errorText)
        let reason = unsafe text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            return .invalidURL(url: plan.url.text, reason: reason)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return .couldNotResolve(host: plan.url.host)
        case CURLE_COULDNT_CONNECT, CURLE_PROXY:
            return .couldNotConnect(host: plan.url.host, reason: reason)
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut(.connect)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_INITFAILED:
            return .tlsFailed(host: plan.url.host, reason: reason)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            return .protocolViolation(reason)
        default:
            return .connectionLost(reason: reason)
        }
    }
}
