extension PythonVocabulary {
    /// The network, by the standard library.
    static let network: [Group] = [
        (
            [.network, .receives],
            """
            urllib.request.urlopen urllib.request.urlretrieve urllib.request.URLopener urllib.request.FancyURLopener
            urllib.request.build_opener().open urllib.request.OpenerDirector().open urllib.request.URLopener().open
            urllib.request.URLopener().retrieve urllib.urlopen urllib.urlretrieve urllib2.urlopen
            urllib2.build_opener().open urllib.URLopener().open urllib.request.urlopen().read
            urllib2.urlopen().read urllib.urlopen().read http.client.HTTPConnection().getresponse
            http.client.HTTPSConnection().getresponse httplib.HTTPConnection().getresponse
            httplib.HTTPSConnection().getresponse http.client.HTTPConnection().getresponse().read
            http.client.HTTPSConnection().getresponse().read socket.socket().recv socket.socket().recvfrom
            socket.socket().recv_into socket.socket().makefile ssl.wrap_socket().recv
            ssl.SSLContext().wrap_socket().recv ssl.create_default_context().wrap_socket().recv
            socket.create_connection().recv ftplib.FTP().retrbinary ftplib.FTP().retrlines ftplib.FTP_TLS().retrbinary
            poplib.POP3().retr imaplib.IMAP4().fetch imaplib.IMAP4_SSL().fetch telnetlib.Telnet().read_until
            telnetlib.Telnet().read_all nntplib.NNTP().article
            """
        ),
        (
            [.network, .sends],
            """
            socket.socket().send socket.socket().sendall socket.socket().sendto socket.socket().sendfile
            socket.create_connection().send socket.create_connection().sendall ssl.wrap_socket().send
            ssl.wrap_socket().sendall ssl.SSLContext().wrap_socket().sendall
            ssl.create_default_context().wrap_socket().sendall http.client.HTTPConnection().request
            http.client.HTTPSConnection().request httplib.HTTPConnection().request httplib.HTTPSConnection().request
            http.client.HTTPConnection().send http.client.HTTPSConnection().send smtplib.SMTP().sendmail
            smtplib.SMTP_SSL().sendmail smtplib.SMTP().send_message smtplib.SMTP_SSL().send_message smtplib.SMTP
            smtplib.SMTP_SSL smtplib.LMTP ftplib.FTP().storbinary ftplib.FTP().storlines ftplib.FTP_TLS().storbinary
            imaplib.IMAP4().append telnetlib.Telnet().write logging.handlers.HTTPHandler logging.handlers.SMTPHandler
            logging.handlers.SocketHandler logging.handlers.DatagramHandler
            """
        ),
        (
            [.network],
            """
            http.client.HTTPConnection http.client.HTTPSConnection httplib.HTTPConnection httplib.HTTPSConnection
            http.client.HTTPConnection().connect http.client.HTTPSConnection().connect urllib.request.Request
            urllib2.Request urllib.request.build_opener urllib.request.install_opener urllib.request.OpenerDirector
            urllib2.build_opener urllib2.install_opener urllib.request.ProxyHandler urllib.request.HTTPSHandler
            ftplib.FTP ftplib.FTP_TLS poplib.POP3 poplib.POP3_SSL imaplib.IMAP4 imaplib.IMAP4_SSL telnetlib.Telnet
            nntplib.NNTP xmlrpc.client.ServerProxy xmlrpc.client.Server xmlrpclib.ServerProxy
            xmlrpc.server.SimpleXMLRPCServer http.server.HTTPServer http.server.ThreadingHTTPServer
            http.server.SimpleHTTPRequestHandler http.server.BaseHTTPRequestHandler BaseHTTPServer.HTTPServer
            SocketServer.TCPServer socketserver.TCPServer socketserver.UDPServer socketserver.ThreadingTCPServer
            wsgiref.simple_server.make_server asyncio.start_server asyncio.get_event_loop().create_connection
            asyncio.get_event_loop().create_server asyncio.get_running_loop().create_connection asyncore.dispatcher
            asynchat.async_chat multiprocessing.connection.Client multiprocessing.connection.Listener smtpd.SMTPServer
            """
        ),
        (
            [.network, .receives, .socket],
            "asyncio.open_connection asyncio.open_unix_connection asyncio.streams.open_connection"
        ),
        (
            [.network, .socket],
            """
            socket.socket socket.create_connection socket.create_server socket.fromfd socket.SocketType
            _socket.socket ssl.wrap_socket ssl.SSLContext().wrap_socket ssl.create_default_context().wrap_socket
            ssl._create_unverified_context().wrap_socket socket.socket().connect socket.socket().connect_ex
            socket.socket().bind socket.socket().listen socket.socket().accept ssl.wrap_socket().connect
            ssl.SSLContext().wrap_socket().connect ssl.create_default_context().wrap_socket().connect
            gevent.socket.socket gevent.socket.create_connection eventlet.green.socket.socket
            """
        ),
        (
            [.network, .resolvesNames],
            """
            socket.gethostbyname_ex socket.gethostbyaddr socket.getaddrinfo socket.getnameinfo dns.resolver.query
            dns.resolver.resolve dns.resolver.Resolver().query dns.resolver.Resolver().resolve dns.query.udp
            dns.query.tcp dns.query.https dns.asyncresolver.resolve aiodns.DNSResolver().query dnslib.DNSRecord().send
            asyncio.get_event_loop().getaddrinfo dns.reversename.from_address pycares.Channel
            """
        ),
        ([.network, .resolvesNames, .interfaces], "socket.gethostbyname"),
        ([.crypto], "ssl._create_unverified_context ssl.create_default_context ssl.SSLContext"),
    ]

    /// The network, by well-known packages.
    static let networkPackages: [Group] = [
        (
            [.network, .receives, .sends],
            """
            requests.* httpx.* aiohttp.* urllib3.* grequests.* requests_html.* httplib2.* treq.* tornado.httpclient.*
            cloudscraper.* curl_cffi.* tls_client.* hyper.* niquests.* primp.* noble_tls.* botocore.httpsession.*
            websocket.* websockets.* socketio.* engineio.* gql.* paho.mqtt.* pika.* kafka.* zmq.* stomp.*
            paramiko.* asyncssh.* fabric.Connection fabric.Connection().run fabric.Connection().put scp.* pysftp.*
            discord.* nextcord.* disnake.* discord_webhook.* dhooks.* telegram.* telebot.* telethon.* pyrogram.*
            aiogram.* slack_sdk.* slack.* slackclient.* tweepy.* pushbullet.* notifiers.* apprise.* twilio.*
            boto3.* botocore.session.* azure.storage.blob.* google.cloud.storage.* dropbox.* pydrive.* mega.*
            github.Github github.Github().* firebase_admin.* pymongo.MongoClient redis.Redis redis.StrictRedis
            psycopg2.connect psycopg.connect pymysql.connect MySQLdb.connect mysql.connector.connect
            wget.download pycurl.Curl pycurl.Curl().perform gdown.download huggingface_hub.hf_hub_download
            torch.hub.load torch.hub.download_url_to_file yagmail.SMTP sendgrid.SendGridAPIClient mechanize.Browser
            selenium.webdriver.* playwright.sync_api.* playwright.async_api.* pyppeteer.* socks.socksocket socks.create_connection stem.*
            pyngrok.ngrok.connect ngrok.connect scapy.all.send scapy.all.sendp scapy.all.sr1 scapy.all.sniff
            twisted.internet.reactor.connectTCP twisted.internet.reactor.listenTCP trio.open_tcp_stream
            anyio.connect_tcp impacket.* ldap3.Connection smb.SMBConnection.*
            """
        ),
        (
            [],
            """
            requests.exceptions.* requests.RequestException requests.ConnectionError requests.HTTPError
            requests.Timeout requests.codes.* requests.utils.* requests.structures.* requests.packages.* requests.auth.*
            requests.adapters.* requests.__version__ requests.status_codes.* requests.compat.* requests.cookies.*
            requests.certs.* requests.models.* requests.Response requests.__file__ httpx.exceptions.* httpx.HTTPError
            httpx.Response httpx.URL httpx.Headers httpx.Timeout httpx.__version__ aiohttp.web.* aiohttp.ClientError
            aiohttp.ClientTimeout aiohttp.hdrs.* aiohttp.__version__ urllib3.exceptions.* urllib3.util.*
            urllib3.disable_warnings urllib3.__version__ urllib3.fields.* urllib3.filepost.* urllib3._collections.*
            websockets.exceptions.* paramiko.ssh_exception.* paramiko.SSHException paramiko.RSAKey.*
            paramiko.AutoAddPolicy zmq.error.* boto3.__version__ redis.exceptions.* discord.Embed discord.Color.*
            tornado.httpclient.HTTPError kafka.errors.* pika.exceptions.* telegram.error.* selenium.webdriver.common.*
            httplib2.HttpLib2Error httplib2.__version__ websocket.WebSocketException
            """
        ),
    ]
}
