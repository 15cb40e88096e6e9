/// Node's own network modules.
extension JavaScriptVocabulary {
    static let networkTable: Table = [
        (
            [.network, .sends, .receives],
            """
            http.request https.request http2.connect http.get https.get http.ClientRequest http2.connect().request
            http.request().write http.request().end https.request().write https.request().end http.request().on
            https.request().on http.get().on https.get().on http2.connect().request().on http2.connect().request().write
            """
        ),
        ([.network, .receives], "http.createServer https.createServer http2.createServer http2.createSecureServer"),
        ([.network, .receives], "http.Server net.createServer net.Server tls.createServer http.createServer().listen"),
        ([.network, .receives], "https.createServer().listen net.createServer().listen tls.createServer().listen"),
        (
            [.network, .sends, .receives, .socket],
            """
            net.connect net.createConnection net.Socket net.Socket().connect tls.connect tls.TLSSocket net.connect().write
            net.createConnection().write net.Socket().write tls.connect().write net.Stream net.connect().on net.connect().pipe
            net.createConnection().on net.createConnection().pipe net.Socket().on net.Socket().pipe tls.connect().on
            tls.connect().pipe
            """
        ),
        (
            [.network, .sends, .receives, .socket],
            "dgram.createSocket dgram.createSocket().send dgram.createSocket().bind"
        ),
        (
            [.network, .resolvesNames],
            """
            dns.lookup dns.resolve dns.resolve4 dns.resolve6 dns.resolveTxt dns.resolveAny dns.resolveMx dns.resolveCname
            dns.resolveSrv dns.resolveNs dns.reverse dns.lookupService dns.promises.* dns.Resolver().* dns.resolveCaa
            dns.resolvePtr dns.resolveNaptr dns.resolveSoa dns.Resolver dns.setServers dns-packet.* native-dns.* dns2.*
            dns-socket.* doh-query.*
            """
        ),
    ]
}
