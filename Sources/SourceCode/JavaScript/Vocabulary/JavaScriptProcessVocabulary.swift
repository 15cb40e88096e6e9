/// Other programs, code and the system, through Node's own modules.
extension JavaScriptVocabulary {
    static let processModuleTable: Table = [
        (.process, "child_process.spawn child_process.spawnSync child_process.execFile child_process.execFileSync"),
        (.process, "child_process.fork child_process[] child_process[].* child_process.ChildProcess().spawn"),
        (.process, "child_process._forkChild child_process.ChildProcess"),
        ([.process, .shell], "child_process.exec child_process.execSync"),
        ([.runsCode, .loads], "worker_threads.Worker"),
        (.process, "cluster.fork process.binding().spawn process._linkedBinding().spawn"),
        (
            .runsCode,
            """
            vm.runInThisContext vm.runInNewContext vm.runInContext vm.Script().runInThisContext vm.Script().runInContext
            vm.Script().runInNewContext vm.compileFunction vm.SourceTextModule vm.SourceTextModule().evaluate
            vm.SyntheticModule repl.start
            """
        ),
        (.compiles, "vm.Script vm.compileFunction vm.SourceTextModule"),
        ([.runsCode, .loads], "module._load module.Module._load module.prototype._compile module().\u{5F}compile"),
        ([.runsCode, .loads], "module.Module.prototype._compile module.Module()._compile module.runMain"),
        (.loads, "module.createRequire module.createRequire() module.register module.syncBuiltinESMExports"),
        (.loads, "module.Module.createRequire module._extensions module.Module._extensions module._resolveFilename"),
        (.introspectsHost, "inspector.open inspector.Session inspector.url inspector.Session().post"),
        (.deserialises, "v8.deserialize v8.Deserializer"),
        ([.introspectsHost], "v8.getHeapSnapshot v8.writeHeapSnapshot"),
        (.waits, "timers.setTimeout timers.setInterval timers.setImmediate"),
        (.loads, "process.dlopen"),
    ]

    static let systemTable: Table = [
        (.hostName, "os.hostname"),
        (.userName, "os.userInfo os.userInfo().username username username.* os-name"),
        (
            .platformName,
            "os.platform os.type os.release os.arch os.version os.machine os.cpus os.totalmem os.endianness"
        ),
        (.interfaces, "os.networkInterfaces ip.address internal-ip internal-ip.* address.ip macaddress.* getmac"),
        (.interfaces, "node-machine-id.* public-ip public-ip.* default-gateway.* network"),
        (.homeFolder, "os.homedir user-home os-homedir home-dir"),
        (.temporaryFolder, "os.tmpdir os-tmpdir temp-dir tempy.* tmp.* temp.*"),
        ([.hostName, .platformName, .interfaces], "systeminformation.*"),
        (.locale, "os-locale os-locale.* os-locale.osLocale"),
        (
            .decodes,
            """
            zlib.inflate zlib.inflateSync zlib.inflateRaw zlib.inflateRawSync zlib.gunzip zlib.gunzipSync zlib.unzip
            zlib.unzipSync zlib.brotliDecompress zlib.brotliDecompressSync zlib.createGunzip zlib.createInflate
            zlib.createUnzip zlib.createBrotliDecompress buffer.Buffer.from buffer.Buffer buffer.atob
            safe-buffer.Buffer.from safe-buffer.Buffer querystring.unescape string_decoder.StringDecoder().write
            pako.inflate pako.ungzip pako.inflateRaw lz-string.* js-base64.Base64.decode js-base64.decode base-64.decode
            base64-js.toByteArray atob base32.decode hi-base32.decode bs58.decode fflate.decompressSync fflate.gunzipSync
            fflate.unzlibSync fflate.strFromU8 util.TextDecoder().decode zlib.zstdDecompressSync buffer.transcode
            crypto-js.enc.Base64.parse crypto-js.enc.Hex.parse
            """
        ),
        (
            .decrypts,
            """
            crypto.createDecipheriv crypto.createDecipher crypto.privateDecrypt crypto.publicDecrypt
            crypto.createDecipheriv().update crypto.createDecipheriv().final crypto.createDecipher().update
            crypto.createDecipher().final crypto-js.AES.decrypt crypto-js.DES.decrypt crypto-js.TripleDES.decrypt
            crypto-js.RC4.decrypt crypto-js.Rabbit.decrypt crypto.webcrypto.subtle.decrypt crypto.subtle.decrypt
            node-forge.cipher.createDecipher tweetnacl.secretbox.open
            """
        ),
        (
            .encrypts,
            """
            crypto.createCipheriv crypto.createCipher crypto.publicEncrypt crypto.privateEncrypt crypto-js.AES.encrypt
            crypto.webcrypto.subtle.encrypt crypto.subtle.encrypt node-forge.cipher.createCipher tweetnacl.secretbox
            """
        ),
        (
            .crypto,
            """
            crypto.createHash crypto.createHmac crypto.randomBytes crypto.scrypt crypto.scryptSync crypto.pbkdf2
            crypto.pbkdf2Sync crypto.createSign crypto.createVerify crypto.generateKeyPair crypto.generateKeyPairSync
            crypto.hkdf crypto.createECDH crypto.diffieHellman crypto.hash crypto-js.* node-forge.* bcrypt.* tweetnacl.*
            """
        ),
        (.serialises, "querystring.stringify querystring.escape qs.stringify v8.serialize util.inspect form-data"),
        (.serialises, "flatted.stringify fast-json-stable-stringify safe-stable-stringify"),
        (.redirects, "node-pty.spawn node-pty.* tty.ReadStream tty.WriteStream"),
        (.process, "node-pty.spawn"),
        (.environment, "process.env process.env.*"),
        (.deserialises, "node-serialize.unserialize serialize-to-js.deserialize funcster.deepDeserialize"),
    ]
}
