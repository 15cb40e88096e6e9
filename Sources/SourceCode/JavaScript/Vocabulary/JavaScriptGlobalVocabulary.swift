/// Globals of the language and of browsers.
extension JavaScriptVocabulary {
    static let globalTable: Table = [
        (.runsCode, "eval Function AsyncFunction GeneratorFunction execScript"),
        (.loads, "require module.require import importScripts process.mainModule.require require.main.require"),
        (.loads, "module.constructor._load module.parent.require process.getBuiltinModule __non_webpack_require__"),
        ([.compiles, .loads], "module._compile module.constructor.prototype._compile require.extensions"),
        (.runsCode, "module.constructor._extensions module.constructor.prototype._compile"),
        (.waits, "setTimeout setInterval setImmediate Atomics.wait"),
        (.decodes, "atob unescape decodeURIComponent decodeURI String.fromCharCode String.fromCodePoint"),
        (.decodes, "TextDecoder().decode Buffer.from Buffer DecompressionStream"),
        (.serialises, "JSON.stringify btoa encodeURIComponent URLSearchParams FormData escape"),
        ([.network, .receives, .sends], "fetch XMLHttpRequest().send EventSource WebSocket().send WebTransport"),
        ([.network, .receives], "XMLHttpRequest XMLHttpRequest().open EventSource().addEventListener"),
        ([.network, .receives, .sends], "WebSocket RTCPeerConnection"),
        ([.network, .sends], "navigator.sendBeacon Image document.createElement().src"),
        (
            [.compiles, .foreignCode],
            "WebAssembly.instantiate WebAssembly.compile WebAssembly.Module WebAssembly.Instance"
        ),
        ([.compiles, .foreignCode], "WebAssembly.instantiateStreaming WebAssembly.compileStreaming"),
        ([.runsCode, .loads], "Worker SharedWorker navigator.serviceWorker.register"),
        (.runsCode, "document.write document.writeln"),
        (.clipboard, "navigator.clipboard.* document.execCommand"),
        (.screen, "navigator.mediaDevices.getDisplayMedia chrome.desktopCapture.* chrome.tabs.captureVisibleTab"),
        (.keyboard, "document.onkeydown document.onkeypress document.onkeyup onkeydown onkeypress"),
        (.platformName, "navigator.userAgent navigator.platform navigator.oscpu navigator.userAgentData"),
        (.locale, "navigator.language navigator.languages Intl.DateTimeFormat().resolvedOptions"),
        (.locale, "Intl.DateTimeFormat().resolvedOptions().timeZone Date\u{28}\u{29}.getTimezoneOffset"),
        (.clock, "Date.now Date performance.now Date\u{28}\u{29}.getTime"),
        (.introspectsHost, "navigator.webdriver navigator.plugins"),
        (
            .readsFiles,
            "localStorage.getItem sessionStorage.getItem document.cookie indexedDB.open FileReader().readAsText"
        ),
        (.writesFiles, "localStorage.setItem sessionStorage.setItem"),
        (.readsMedia, "document.createElement().getContext OffscreenCanvas().getContext ImageDecoder"),
        (.crypto, "crypto.subtle.digest crypto.subtle.sign crypto.subtle.verify crypto.subtle.deriveKey"),
        (.decrypts, "crypto.subtle.decrypt crypto.subtle.unwrapKey"),
        (.encrypts, "crypto.subtle.encrypt crypto.subtle.wrapKey"),
        ([.process, .shell], "ActiveXObject().Run ActiveXObject().Exec WScript.CreateObject().Run"),
        ([.process, .shell], "WScript.CreateObject().Exec WScript.Shell().Run"),
        (.process, "ActiveXObject WScript.CreateObject"),
        ([.network, .sends, .receives], "chrome.runtime.sendNativeMessage chrome.webRequest.*"),
    ]

    static let processTable: Table = [
        (.environment, "process.env process.env.* import.meta.env import.meta.env.*"),
        (.process, "process.kill process.execve"),
        (.foreignCode, "process.binding process.dlopen process._linkedBinding"),
        (.platformName, "process.platform process.arch process.version process.versions process.release"),
        (.platformName, "process.versions.*"),
        (.userName, "process.getuid process.geteuid process.getgid"),
        (.introspectsHost, "process.execArgv process.debugPort process.features.inspector process.report.getReport"),
        (.homeFolder, "process.env.HOME process.env.USERPROFILE process.env.APPDATA process.env.LOCALAPPDATA"),
        (.environment, "process.env.HOME process.env.USERPROFILE process.env.APPDATA process.env.LOCALAPPDATA"),
        ([.environment, .userName], "process.env.USER process.env.USERNAME process.env.LOGNAME"),
        ([.environment, .hostName], "process.env.HOSTNAME process.env.COMPUTERNAME"),
        ([.environment, .temporaryFolder], "process.env.TMPDIR process.env.TEMP process.env.TMP"),
        ([.environment, .locale], "process.env.LANG process.env.LC_ALL process.env.TZ process.env.LANGUAGE"),
    ]

    /// Deno and Bun.
    static let runtimeTable: Table = [
        (.process, "Deno.run Deno.Command Deno.Command().spawn Deno.Command().output Deno.Command().outputSync"),
        (.process, "Bun.spawn Bun.spawnSync"),
        ([.process, .shell], "Bun.$"),
        ([.network, .sends, .receives], "Deno.connect Deno.connectTls Deno.listen Deno.serve Bun.connect Bun.listen"),
        ([.network, .sends, .receives], "Bun.serve Bun.fetch Bun.udpSocket"),
        (.socket, "Deno.connect Bun.connect Bun.udpSocket Deno.listenDatagram"),
        (.resolvesNames, "Deno.resolveDns Bun.dns.*"),
        (
            .readsFiles,
            "Deno.readFile Deno.readFileSync Deno.readTextFile Deno.readTextFileSync Deno.open Deno.openSync"
        ),
        (.readsFiles, "Bun.file Bun.mmap"),
        (
            .writesFiles,
            "Deno.writeFile Deno.writeFileSync Deno.writeTextFile Deno.writeTextFileSync Deno.create Deno.mkdir"
        ),
        (.writesFiles, "Deno.copyFile Deno.copyFileSync Deno.rename Deno.renameSync Deno.createSync Bun.write"),
        (.deletesFiles, "Deno.remove Deno.removeSync"),
        (.changesModes, "Deno.chmod Deno.chmodSync Deno.chown"),
        (.listsFolders, "Deno.readDir Deno.readDirSync Bun.Glob"),
        (.environment, "Deno.env.get Deno.env.has Bun.env Bun.env.*"),
        (.wholeEnvironment, "Deno.env.toObject"),
        (.hostName, "Deno.hostname"),
        (.platformName, "Deno.build.* Deno.osRelease"),
        (.interfaces, "Deno.networkInterfaces"),
        (.userName, "Deno.uid"),
        (.foreignCode, "Deno.dlopen Bun.FFI.*"),
        (.decodes, "Bun.gunzipSync Bun.inflateSync"),
    ]
}
