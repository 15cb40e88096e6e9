import CLinux
import Glibc

extension Files {
    /// The path of the folder that `path` is in, by its text alone: `.` for a plain name, `/` for an entry of the root.
    public static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes a directory and every missing one above it; durable when this returns. One that is there stays as it is.
    ///
    /// - Throws: `FileError`; with `ENOTDIR` when something else has that name.
    public static func createDirectory(_ path: String, mode: UInt16 = 0o700) throws(FileError) {
        try requirePlainPath(path, "create directory")
        let components = path.utf8.split(separator: UInt8(ascii: "/"))
        var current = path.utf8.first == UInt8(ascii: "/") ? "" : "."
        for component in components {
            let parent = current.isEmpty ? "/" : current
            current += "/" + String(decoding: Array(component), as: UTF8.self)
            if unsafe mkdir(current, mode_t(mode)) == 0 {
                // Without this the new name, and all that is later put under it, could vanish with power.
                try syncDirectory(parent)
                continue
            }
            let code = currentErrorNumber()
            guard code == EEXIST || (code == EROFS && exists(current)) else {
                throw FileError(operation: "create directory", path: current, code: code)
            }
        }
        var status = stat()
        try check(unsafe stat(path, &status), "create directory", path)
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FileError(operation: "create directory", path: path, code: ENOTDIR)
        }
    }

    /// The absolute path of something that exists, symbolic links followed.
    ///
    /// - Throws: `FileError`.
    public static func resolve(_ path: String) throws(FileError) -> String {
        try requirePlainPath(path, "resolve")
        guard let resolved = unsafe realpath(path, nil) else {
            throw FileError(operation: "resolve", path: path, code: currentErrorNumber())
        }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The names in a directory without `.` and `..`, ascending by their bytes.
    ///
    /// Bytes that are not UTF-8 are shown as U+FFFD; such a name cannot be opened by what this returns.
    ///
    /// - Throws: `FileError` when the directory cannot be read to its end.
    public static func list(_ directory: String) throws(FileError) -> [String] {
        try requirePlainPath(directory, "list")
        guard let stream = unsafe opendir(directory) else {
            throw FileError(operation: "list", path: directory, code: currentErrorNumber())
        }
        defer { unsafe closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                let code = currentErrorNumber()
                guard code == 0 else { throw FileError(operation: "list", path: directory, code: code) }
                break
            }
            let name = unsafe entryName(entry)
            if name != Array(".".utf8) && name != Array("..".utf8) { names.append(name) }
        }
        names.sort { $0.lexicographicallyPrecedes($1) }
        return names.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Makes the creations, renames and removals in a directory survive a loss of power.
    ///
    /// - Throws: `FileError`.
    public static func syncDirectory(_ directory: String) throws(FileError) {
        let descriptor = try openDescriptor(directory, O_RDONLY | O_DIRECTORY)
        defer { closeDescriptor(descriptor) }
        try synchroniseDescriptor(descriptor, path: directory)
    }

    /// Removes a directory and everything under it. Symbolic links are removed, not followed.
    ///
    /// - Throws: `FileError` at the first entry that cannot be removed; the others may be gone already.
    public static func removeTree(_ path: String) throws(FileError) {
        guard try kind(path) == .directory else { return try remove(path) }
        for name in try list(path) { try removeTree(path + "/" + name) }
        try check(unsafe rmdir(path), "remove directory", path)
    }

    /// Removes what a crash left of unfinished `TemporaryFile`s directly in a directory, and returns how many.
    ///
    /// Call it at start-up only, before anything writes there.
    ///
    /// - Throws: `FileError`.
    public static func removeAbandonedTemporaries(inDirectory directory: String) throws(FileError) -> Int {
        let names = try list(directory).filter { $0.utf8.starts(with: TemporaryFile.namePrefix.utf8) }
        for name in names { try remove(directory + "/" + name) }
        return names.count
    }

    private static func entryName(_ entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        // The name runs to its NUL, which may lie beyond the declared array: take its address, not a copy of it.
        let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
        let name = unsafe UnsafeRawPointer(entry) + offset
        let length = unsafe strlen(name.assumingMemoryBound(to: CChar.self))
        return unsafe Array(UnsafeRawBufferPointer(start: name, count: length))
    }
}
