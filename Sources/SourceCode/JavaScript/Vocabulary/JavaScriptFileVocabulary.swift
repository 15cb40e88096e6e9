/// Files and paths.
extension JavaScriptVocabulary {
    static let fileTable: Table = [
        (
            .readsFiles,
            """
            fs.readFile fs.readFileSync fs.promises.readFile fs.createReadStream fs.read fs.readSync fs.readv fs.readvSync
            fs.open fs.openSync fs.promises.open fs.openAsBlob fs.ReadStream fs.readJson fs.readJsonSync fs.readJSON
            fs.readJSONSync fs.readlink fs.readlinkSync fs.promises.readlink fs.promises.open().readFile
            """
        ),
        (
            .writesFiles,
            """
            fs.writeFile fs.writeFileSync fs.promises.writeFile fs.createWriteStream fs.write fs.writeSync fs.writev
            fs.appendFile fs.appendFileSync fs.promises.appendFile fs.copyFile fs.copyFileSync fs.promises.copyFile fs.cp
            fs.cpSync fs.promises.cp fs.rename fs.renameSync fs.promises.rename fs.symlink fs.symlinkSync
            fs.promises.symlink fs.link fs.linkSync fs.promises.link fs.mkdir fs.mkdirSync fs.promises.mkdir fs.mkdtemp
            fs.mkdtempSync fs.promises.mkdtemp fs.truncate fs.truncateSync fs.ftruncate fs.WriteStream fs.outputFile
            fs.outputFileSync fs.writeJson fs.writeJsonSync fs.writeJSON fs.outputJson fs.copy fs.copySync fs.move
            fs.moveSync fs.ensureDir fs.ensureDirSync fs.ensureFile fs.ensureFileSync fs.promises.open().writeFile
            fs.createWriteStream().write fs.createWriteStream().end fs.createFile
            """
        ),
        (
            .deletesFiles,
            "fs.unlink fs.unlinkSync fs.promises.unlink fs.rm fs.rmSync fs.promises.rm fs.rmdir fs.rmdirSync"
        ),
        (.deletesFiles, "fs.promises.rmdir fs.remove fs.removeSync fs.emptyDir fs.emptyDirSync"),
        (
            .deletesTrees,
            "fs.rm fs.rmSync fs.promises.rm fs.rmdir fs.rmdirSync fs.promises.rmdir fs.remove fs.removeSync"
        ),
        (.deletesTrees, "fs.emptyDir fs.emptyDirSync rimraf rimraf.* del del.* trash"),
        (.deletesFiles, "rimraf rimraf.* del del.* trash"),
        (
            .changesModes,
            "fs.chmod fs.chmodSync fs.promises.chmod fs.fchmod fs.fchmodSync fs.lchmod fs.chown fs.chownSync"
        ),
        (.changesModes, "fs.promises.chown fs.promises.open().chmod"),
        (.listsFolders, "fs.readdir fs.readdirSync fs.promises.readdir fs.opendir fs.opendirSync fs.promises.opendir"),
        (.listsFolders, "fs.glob fs.globSync fs.promises.glob glob glob.* globby globby.* fast-glob fast-glob.* walk"),
        (.listsFolders, "readdirp readdirp.* klaw klaw.* tiny-glob"),
        (.writesFiles, "write-file-atomic write-file-atomic.* writefile mkdirp mkdirp.* make-dir make-dir.*"),
        ([.writesFiles, .decodes], "tar.x tar.extract tar-fs.extract extract-zip unzipper.Extract decompress"),
        ([.writesFiles, .decodes], "adm-zip().extractAllTo adm-zip().extractEntryTo"),
        (
            .readsMedia,
            "jimp.read jimp.Jimp.read sharp canvas.loadImage pngjs.PNG.sync.read get-pixels pngjs.PNG().parse"
        ),
        (.readsMedia, "jpeg-js.decode upng-js.decode exifreader.load exifr.parse"),
    ]
}
