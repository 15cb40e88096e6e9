/// Well-known packages.
extension JavaScriptVocabulary {
    static let packageTable: Table = [
        (
            [.network, .sends, .receives],
            """
            axios axios.* got got.* node-fetch node-fetch.* undici.fetch undici.request undici.stream undici.pipeline
            undici.Client().* undici.Pool().* request request.* request-promise request-promise.* request-promise-native
            request-promise-native.* superagent superagent.* needle needle.* cross-fetch cross-fetch.* isomorphic-fetch
            isomorphic-fetch.* ky ky.* bent bent() phin phin.* wretch wretch.* make-fetch-happen npm-registry-fetch
            minipass-fetch whatwg-fetch unfetch simple-get simple-get.* follow-redirects.http.* follow-redirects.https.*
            centra urllib.request urllib.curl axios-retry sync-request then-request fetch-retry ofetch ofetch.* xhr2
            xmlhttprequest.XMLHttpRequest().send xmlhttprequest.XMLHttpRequest nodemailer.createTransport
            nodemailer.createTransport().sendMail ssh2.Client().connect ssh2-sftp-client().* basic-ftp.Client().*
            ftp().* mqtt.connect amqplib.connect mongodb.MongoClient.connect redis.createClient ioredis pg.Client
            mysql.createConnection mysql2.createConnection telegraf telegraf.* node-telegram-bot-api
            node-telegram-bot-api().* discord.js.WebhookClient discord.js.Client discord-webhook-node.Webhook
            @slack/webhook.IncomingWebhook @slack/web-api.WebClient @octokit/rest.Octokit @octokit/core.Octokit
            @octokit/request.request octokit.Octokit web3 ethers.JsonRpcProvider puppeteer.launch playwright.chromium.launch
            """
        ),
        (
            [.network, .sends, .receives, .socket],
            "ws ws.WebSocket ws().send ws().on socket.io-client socket.io-client.* ws.WebSocketServer websocket.client"
        ),
        (
            .process,
            "execa execa.* cross-spawn cross-spawn.* nano-spawn tinyexec.* foreground-child spawn-command npm-run.*"
        ),
        (.process, "execa.execa execa.execaSync open opn open.default start-server-and-test nodemon forever pm2.start"),
        (.process, "child-process-promise.* spawn-please promisify-child-process.* sudo-prompt.exec elevator.* spawnd"),
        (
            [.process, .shell],
            """
            shelljs.exec shelljs.ShellString().exec execa.command execa.commandSync execa.execaCommand
            execa.execaCommandSync execa.$ zx.$ exec-sh node-cmd.* shell-exec child-process-promise.exec
            node-powershell.* sudo-prompt.exec
            """
        ),
        (.writesFiles, "shelljs.cp shelljs.mv shelljs.mkdir shelljs.sed shelljs.ShellString().to cpx.* ncp download"),
        ([.network, .receives, .writesFiles], "download download.* node-downloader-helper.DownloaderHelper nugget"),
        ([.deletesFiles, .deletesTrees], "shelljs.rm"),
        (.changesModes, "shelljs.chmod"),
        (.foreignCode, "ffi-napi.* ffi.* ffi-napi koffi.* ref-napi.* sbffi.* node-ffi.* fastcall.* node-api-dotnet.*"),
        (.foreignCode, "bindings node-gyp-build bun:ffi.* ffi-rs.*"),
        (.processMemory, "memoryjs.* node-process-memory.*"),
        (.clipboard, "clipboardy clipboardy.* copy-paste.* clipboard-event node-clipboardy.* electron.clipboard.*"),
        (
            .screen,
            "screenshot-desktop screenshot-desktop.* robotjs.screen.* node-screenshots.* electron.desktopCapturer.*"
        ),
        (
            .keyboard,
            "iohook.* iohook-raub.* node-global-key-listener.* uiohook-napi.* robotjs.keyTap robotjs.typeString"
        ),
        (.keyboard, "node-key-sender.* keypress gkm.* node-keylogger.*"),
        (.readsFiles, "keytar.getPassword keytar.findCredentials keytar.findPassword sqlite3.Database better-sqlite3"),
        (.environment, "dotenv.config env-paths"),
        (.installs, "npm.commands.install npm.install npm-programmatic.* live-plugin-manager.* install-packages"),
        (.installs, "npmi @npmcli/arborist().reify"),
        (.runsCode, "safe-eval notevil static-eval vm2.VM().run vm2.NodeVM().run isolated-vm.* eval eval.* node-eval"),
        (.runsCode, "require-from-string import-from-string node-require-function jsdom.JSDOM.fromURL"),
        (
            .loads,
            "import-fresh require-from-string require-all require-dir require-uncached import-cwd import-from jiti"
        ),
        (.loads, "jiti() import-lazy esm esm() importx.import"),
        (.redirects, "node-pty.spawn"),
        (
            .introspectsHost,
            "is-docker is-docker.default is-ci ci-info.isCI is-wsl is-in-ci node-machine-id.machineIdSync"
        ),
    ]
}
