extension PythonVocabulary {
    /// Encodings, compression and cryptography.
    static let codecs: [Group] = [
        (
            [.decodes],
            """
            base64.b64decode base64.b32decode base64.b32hexdecode base64.b16decode base64.b85decode base64.a85decode
            base64.z85decode base64.urlsafe_b64decode base64.standard_b64decode base64.decodebytes base64.decodestring
            base64.decode binascii.a2b_base64 binascii.a2b_hex binascii.unhexlify binascii.a2b_uu binascii.a2b_qp
            codecs.decode codecs.getdecoder codecs.lookup().decode codecs.escape_decode codecs.unicode_escape_decode
            bytes.fromhex bytearray.fromhex zlib.decompress zlib.decompressobj zlib.decompressobj().decompress
            gzip.decompress bz2.decompress bz2.BZ2Decompressor().decompress lzma.decompress
            lzma.LZMADecompressor().decompress uu.decode quopri.decodestring quopri.decode urllib.parse.unquote
            urllib.parse.unquote_plus urllib.parse.unquote_to_bytes urllib.unquote brotli.decompress
            zstandard.ZstdDecompressor().decompress zstd.decompress lz4.frame.decompress snappy.decompress
            compression.zstd.decompress blosc.decompress base58.b58decode base91.decode base45.b45decode
            encodings.rot_13.rot13
            """
        ),
        (
            [.decrypts],
            """
            cryptography.fernet.Fernet().decrypt cryptography.fernet.MultiFernet().decrypt Crypto.Cipher.AES.new().decrypt
            Cryptodome.Cipher.AES.new().decrypt Crypto.Cipher.ARC4.new().decrypt Crypto.Cipher.DES.new().decrypt
            Crypto.Cipher.AES.new().decrypt_and_verify Crypto.Cipher.PKCS1_OAEP.new().decrypt
            Crypto.Cipher.ChaCha20.new().decrypt Crypto.Cipher.Salsa20.new().decrypt
            Cryptodome.Cipher.AES.new().decrypt_and_verify pyaes.AESModeOfOperationCTR().decrypt
            pyaes.AESModeOfOperationCBC().decrypt rsa.decrypt nacl.secret.SecretBox().decrypt
            nacl.public.Box().decrypt cryptography.hazmat.primitives.ciphers.Cipher().decryptor
            cryptography.hazmat.primitives.ciphers.aead.AESGCM().decrypt win32crypt.CryptUnprotectData
            gnupg.GPG().decrypt simplecrypt.decrypt
            """
        ),
        (
            [.encrypts],
            """
            cryptography.fernet.Fernet().encrypt Crypto.Cipher.AES.new().encrypt Cryptodome.Cipher.AES.new().encrypt
            Crypto.Cipher.AES.new().encrypt_and_digest Crypto.Cipher.PKCS1_OAEP.new().encrypt
            Crypto.Cipher.ChaCha20.new().encrypt Crypto.Cipher.Salsa20.new().encrypt
            pyaes.AESModeOfOperationCTR().encrypt rsa.encrypt nacl.secret.SecretBox().encrypt
            nacl.public.Box().encrypt cryptography.hazmat.primitives.ciphers.Cipher().encryptor
            cryptography.hazmat.primitives.ciphers.aead.AESGCM().encrypt gnupg.GPG().encrypt simplecrypt.encrypt
            """
        ),
        (
            [.crypto],
            """
            hashlib.* hmac.* secrets.* cryptography.* Crypto.* Cryptodome.* nacl.* rsa.* pyaes.* ecdsa.* OpenSSL.*
            bcrypt.* passlib.* jwt.* crypt.crypt ssl.RAND_bytes os.urandom
            """
        ),
    ]
}
