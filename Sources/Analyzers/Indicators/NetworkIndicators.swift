/// Services by their domains.
///
/// Each is public, honest by itself and named by programs of many kinds; what is made of a place where one is named is
/// decided by the form in which it is named.
let networkIndicators: [Indicator] =
    hosts(
        .chatHook,
        [
            "discord.com/api/webhooks", "discordapp.com/api/webhooks", "discord.com/api/v", "discordapp.com/api/v",
            "hooks.slack.com/", "api.telegram.org/bot", "webhook.office.com/", "hooks.zapier.com/", "hook.eu1.make.com",
            "hook.us1.make.com", "maker.ifttt.com/", "oapi.dingtalk.com/robot", "qyapi.weixin.qq.com/cgi-bin/webhook",
            "open.feishu.cn/open-apis/bot", "chat.googleapis.com/v1/spaces", "api.pushover.net/",
            "script.google.com/macros",
        ])
    + hosts(
        .collector,
        [
            "webhook.site", "pipedream.net", "requestbin.com", "requestbin.net", "requestbin.io", "requestcatcher.com",
            "hookbin.com", "hookb.in", "webhookinbox.com", "webhook.cool", "webhooks.io", "mockbin.org/bin",
            "ptsv2.com",
            "ptsv3.com", "beeceptor.com", "postb.in", "putsreq.com", "typedwebhook.tools", "webhook-test.com",
            "interact.sh", "interactsh.com", "oast.pro", "oast.live", "oast.site", "oast.online", "oast.fun", "oast.me",
            "oastify.com", "burpcollaborator.net", "canarytokens.com", "canarytokens.org", "dnslog.cn", "dnslog.link",
            "ceye.io", "eyes.sh", "bxss.me", "xss.ht", "requestrepo.com", "dnsbin.zhack.ca", "rbnd.gl0.eu",
            "callback.red",
            "dig.pm", "tu4.org", "hyuga.icu", "bxss.in", "pingb.in",
        ])
    + hosts(
        .tunnel,
        [
            "ngrok.io", "ngrok.app", "ngrok.dev", "ngrok-free.app", "ngrok-free.dev", "trycloudflare.com", "loca.lt",
            "localhost.run", "lhr.life", "lhr.rocks", "serveo.net", "serveousercontent.com", "localtunnel.me",
            "bore.pub",
            "portmap.io", "portmap.host", "ply.gg", "playit.gg", "pagekite.me", "telebit.cloud", "devtunnels.ms",
            "tunnelto.dev", "packetriot.net", "zrok.io", "pinggy.link", "pinggy.io", "pinggy.online", "duckdns.org",
            "ddns.net", "hopto.org", "zapto.org", "sytes.net", "no-ip.org", "no-ip.biz", "dynu.net", "serveblog.net",
            "servehttp.com", "3utilities.com", "onion.ws", "onion.ly", ".onion",
        ])
    + hosts(
        .paste,
        [
            "pastebin.com/raw", "pastebin.com/api", "paste.ee/r/", "paste.ee/d/", "hastebin.com/raw", "rentry.co/",
            "rentry.org/", "ghostbin.co", "controlc.com", "paste.rs/", "pastie.io/raw", "pastes.io/raw", "justpaste.it",
            "dpaste.org", "dpaste.com", "paste.debian.net/plain", "paste.c-net.org", "textbin.net/raw", "ix.io/",
            "sprunge.us", "termbin.com", "0bin.net", "privatebin.net", "klgrth.io", "telegra.ph", "jsonkeeper.com/b",
            "npoint.io", "jsonbin.io", "api.mocki.io", "mocki.io/v1", "jsonsilo.com", "pastefy.app", "paste.fo/raw",
        ])
    + hosts(
        .upload,
        [
            "transfer.sh", "file.io", "gofile.io", "anonfiles.com", "bayfiles.com", "catbox.moe",
            "0x0.st",
            "bashupload.com", "temp.sh", "tmpfiles.org", "oshi.at", "uguu.se", "pixeldrain.com",
            "cdn.discordapp.com/attach",
            "media.discordapp.net/attach", "filebin.net", "wetransfer.com", "ufile.io",
            "sendspace.com",
            "workupload.com", "keep.sh", "send.vis.ee", "envs.sh", "x0.at", "fileditch.com", "qu.ax",
        ])
    + hosts(
        .addressLookup,
        [
            "api.ipify.org", "api64.ipify.org", "ipinfo.io", "ifconfig.me", "ifconfig.co", "ifconfig.io",
            "icanhazip.com",
            "ip-api.com", "checkip.amazonaws.com", "checkip.dyndns.org", "ipapi.co", "api.ipgeolocation.io", "ipwho.is",
            "wtfismyip.com", "myexternalip.com", "ident.me", "api.myip.com", "ip.sb", "freegeoip.app",
            "geolocation-db.com",
            "ipecho.net", "whatismyip.akamai.com", "ip.seeip.org", "api.db-ip.com", "ip4.seeip.org",
            "extreme-ip-lookup.com",
            "ipify.org", "api.my-ip.io", "ipwhois.app", "reallyfreegeoip.org",
        ])
    + hosts(
        .shortener,
        [
            "://bit.ly/", "://tinyurl.com/", "://t.co/", "://is.gd/", "://cutt.ly/", "://rb.gy/", "://goo.gl/",
            "://ow.ly/", "://v.gd/", "://t.ly/", "://shorturl.at/", "://tiny.cc/", "://rebrand.ly/", "://bl.ink/",
            "://s.id/", "://u.to/", "://clck.ru/", "://vk.cc/", "://adf.ly/", "://soo.gd/", "://grabify.link/",
            "://iplogger.org/", "://iplogger.com/", "://2no.co/", "://yip.su/",
        ])
    + hosts(
        .runtimeSource,
        [
            "bun.sh/install", "bun.com/install", "oven-sh/bun/releases", "deno.land/install", "deno.land/x/install",
            "denoland/deno/releases", "python.org/ftp/python", "indygreg/python-build-standalone",
            "astral-sh/python-build-standalone", "get.pnpm.io/install", "astral.sh/uv/install",
            "raw.githubusercontent.com/nvm",
        ])
    + (0...9).map { Indicator("://\($0)", .addressURL) } + [Indicator("://[", .addressURL)]
    + topic(
        .metadataService,
        [
            "169.254.169.254", "169.254.170.2", "metadata.google.internal", "100.100.100.200", "fd00:ec2::254",
            "169.254.170.23", "metadata.azure.internal", "2852039166", "0xa9fea9fe",
        ])
    + topic(
        .brand, ["npmjs", "pythonhosted", "githubusercontent", "npnjs", "nprnjs", "pypl.org", "jsdelivr", "unpkg."])

private func hosts(_ purpose: HostPurpose, _ texts: [String]) -> [Indicator] { topic(.host(purpose), texts) }

private func topic(_ topic: Indicator.Topic, _ texts: [String]) -> [Indicator] { texts.map { Indicator($0, topic) } }
