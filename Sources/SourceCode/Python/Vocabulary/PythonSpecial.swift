/// Functions that the reader itself has to understand.
enum PythonSpecial: UInt8 {
    case none
    // members by name
    case getattr, getAttributeMethod, attrgetter, methodcaller, vars, globals, dictGet
    // modules by name
    case importFunction, importModule, loadFile
    // functions called by others: their first argument, a keyword's, or what a caller gets
    case applies, appliesTarget, partial, callMethod
    // running text
    case runsText, compile, open, pathObject, joinPaths
    // constants
    case chr, ord, text, bytes, integer, length, reversed, list, join, format, replace, lower, upper, strip, lstrip
    case rstrip, split, decode, encode, title, capitalize, swapcase, maketrans, translate, fromHex, hexText, xor, map
    case base64, base32, base16, base85, ascii85, urlsafeBase64, unhexlify, hexlify, codecsDecode, codecsEncode, unquote
    case range, zip, enumerate, zfill, removePrefix, removeSuffix, sortedList, sumOf, absolute, minimum, maximum, power
    case fromOrdinals

    static let table: [String: PythonSpecial] = {
        var table: [String: PythonSpecial] = [
            "getattr": .getattr, "object.__getattribute__": .getattr, "type.__getattribute__": .getattr,
            "inspect.getattr_static": .getattr, "operator.attrgetter": .attrgetter,
            "operator.methodcaller": .methodcaller, "vars": .vars,
            "globals": .globals, "locals": .globals, "sys._getframe().f_globals": .globals,
            "__import__": .importFunction, "importlib.__import__": .importFunction,
            "importlib.import_module": .importModule, "pkgutil.resolve_name": .importModule,
            "imp.load_module": .importModule, "imp.load_source": .loadFile, "imp.load_compiled": .loadFile,
            "imp.load_dynamic": .loadFile, "importlib.util.spec_from_file_location": .loadFile,
            "importlib.machinery.SourceFileLoader": .loadFile,
            "importlib.machinery.SourcelessFileLoader": .loadFile,
            "importlib.machinery.ExtensionFileLoader": .loadFile, "runpy.run_path": .loadFile,
            "runpy.run_module": .importModule, "execfile": .loadFile,
            "functools.partial": .partial, "functools.reduce": .applies, "map": .map, "filter": .applies,
            "reduce": .applies, "apply": .applies, "itertools.starmap": .applies, "atexit.register": .applies,
            "threading.Timer": .appliesTarget, "threading.Thread": .appliesTarget, "sorted": .sortedList,
            "multiprocessing.Process": .appliesTarget, "_thread.start_new_thread": .applies,
            "thread.start_new_thread": .applies, "asyncio.to_thread": .applies, "asyncio.run": .applies,
            "operator.call": .applies, "contextlib.suppress": .none, "type.__call__": .applies,
            "signal.signal": .none, "sys.setprofile": .applies, "sys.settrace": .applies,
            "threading.settrace": .applies, "threading.setprofile": .applies,
            "exec": .runsText, "eval": .runsText, "compile": .compile,
            "code.InteractiveInterpreter().runcode": .runsText,
            "open": .open, "io.open": .open, "codecs.open": .open, "pathlib.Path": .pathObject,
            "os.path.join": .joinPaths, "posixpath.join": .joinPaths, "ntpath.join": .joinPaths,
            "chr": .chr, "unichr": .chr, "ord": .ord, "str": .text, "unicode": .text, "bytes": .bytes,
            "bytearray": .bytes, "int": .integer, "long": .integer, "len": .length, "reversed": .reversed,
            "list": .list, "tuple": .list, "iter": .list, "range": .range, "xrange": .range, "zip": .zip,
            "enumerate": .enumerate, "sum": .sumOf, "abs": .absolute, "min": .minimum, "max": .maximum, "pow": .power,
            "operator.xor": .xor, "str.join": .join, "bytes.join": .join, "string.join": .join,
            "bytes.fromhex": .fromHex, "bytearray.fromhex": .fromHex, "str.maketrans": .maketrans,
            "bytes.maketrans": .maketrans,
            "base64.b64decode": .base64, "base64.standard_b64decode": .base64, "base64.decodebytes": .base64,
            "base64.decodestring": .base64, "base64.urlsafe_b64decode": .urlsafeBase64, "base64.b32decode": .base32,
            "base64.b16decode": .base16, "base64.b85decode": .base85, "base64.a85decode": .ascii85,
            "binascii.a2b_base64": .base64, "binascii.unhexlify": .unhexlify, "binascii.a2b_hex": .unhexlify,
            "binascii.hexlify": .hexlify, "binascii.b2a_hex": .hexlify, "codecs.decode": .codecsDecode,
            "codecs.encode": .codecsEncode, "urllib.parse.unquote": .unquote, "urllib.unquote": .unquote,
            "urllib.parse.unquote_plus": .unquote,
        ]
        let methods: [(String, PythonSpecial)] = [
            ("format", .format), ("replace", .replace), ("lower", .lower), ("casefold", .lower), ("upper", .upper),
            ("strip", .strip), ("lstrip", .lstrip), ("rstrip", .rstrip), ("split", .split), ("decode", .decode),
            ("encode", .encode), ("title", .title), ("capitalize", .capitalize), ("swapcase", .swapcase),
            ("translate", .translate), ("hex", .hexText), ("zfill", .zfill), ("removeprefix", .removePrefix),
            ("removesuffix", .removeSuffix),
        ]
        for (name, special) in methods {
            table["str.\(name)"] = special
            table["bytes.\(name)"] = special
        }
        return table
    }()
}
