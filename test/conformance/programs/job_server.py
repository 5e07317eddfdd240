# A job as pRouter's tests have it: an HTTP and WebSocket server that says by a call-back on which port it listens.
import base64, gzip, hashlib, json, os, struct, sys, threading, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get('Transfer-Encoding', '').lower() == 'chunked':
            while size := int(self.rfile.readline(), 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get('Content-Length') or 0)
        while left > 0:
            block = self.rfile.read(min(left, 1 << 16))
            left -= len(block)
            yield block

    def answer(self, status, body=b'', headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def any(self):
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        last = url.path.rsplit('/', 1)[-1]
        if self.headers.get('Upgrade') == 'websocket':
            return self.web_socket(last, query) if last.startswith('ws_') else self.answer(400, b'no WebSocket here')
        if last == 'sink':
            digest, count = hashlib.sha256(), 0
            for block in self.body():
                digest.update(block)
                count += len(block)
            return self.answer(200, json.dumps({'bytes': count, 'sha256': digest.hexdigest()}).encode())
        if last == 'upload':
            counted = sum(len(block) for block in self.body())
            return self.answer(200, b'%d' % counted) if self.command == 'POST' else self.answer(405, b'405: POST alone')
        body = b''.join(self.body())
        if url.path == '/':
            return self.answer(200, b'hello from the job', [('TestHeader', 'kept'), ('Content-Type', 'text/plain')])
        if last == 'query_echo':
            return self.answer(200, ''.join('%s=%s\n' % pair for pair in parse_qsl(url.query)).encode())
        if last == 'shutdown':
            self.answer(200)
            return threading.Thread(target=self.server.shutdown).start()
        if last == 'no_such_path':
            return self.answer(404, b'not here')
        if last == 'headers':
            wanted = json.loads(query['set'][0])
            return self.answer(int(query.get('status', ['200'])[0]), b'<script>1</script>', [tuple(pair) for pair in wanted])
        if last == 'zipped':
            return self.answer(200, gzip.compress(b'squeezed'), [('Content-Encoding', 'gzip')])
        if last == 'big':
            return self.big(int(query['mib'][0]))
        if last == 'half':
            self.send_response(200)
            self.send_header('Content-Length', '1000')
            self.end_headers()
            self.wfile.write(b'half of it')
            self.close_connection = True
            return
        if last == 'close_port':
            self.answer(200)
            self.server.socket.close()
            return
        pairs = [[name, value] for name, value in self.headers.items()]
        told = {'method': self.command, 'path': self.path, 'headers': pairs, 'body': body.decode('latin-1'), 'port': self.server.server_port}
        self.answer(200, json.dumps(told).encode(), [('TestHeader', 'kept'), ('Content-Type', 'application/json')])

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = any

    def big(self, mib):
        self.send_response(200)
        self.send_header('Content-Length', str(mib << 20))
        self.end_headers()
        block = bytes(1 << 20)
        for _ in range(mib):
            self.wfile.write(block)

    def web_socket(self, what, query):
        key = self.headers['Sec-WebSocket-Key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_response(101)
        self.send_header('Upgrade', 'websocket')
        self.send_header('Connection', 'Upgrade')
        self.send_header('Sec-WebSocket-Accept', accept)
        if asked := self.headers.get('Sec-WebSocket-Protocol'):
            self.send_header('Sec-WebSocket-Protocol', asked.split(',')[0].strip())
        self.send_header('Set-Cookie', 'evil=1; Path=/')
        for name, value in json.loads(query.get('set', ['[]'])[0]):
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        if what == 'ws_push':
            for index in range(int(query['n'][0])):
                self.frame(1 + index % 2, b'message %d' % index)
            return self.frame(8, struct.pack('>H', 1000))
        while (frame := self.read_frame()) is not None:
            opcode, data = frame
            self.frame(opcode, data)
            if opcode == 8:
                return

    def frame(self, opcode, data):
        head = bytes([0x80 | opcode])
        if len(data) < 126:
            head += bytes([len(data)])
        elif len(data) < 1 << 16:
            head += bytes([126]) + struct.pack('>H', len(data))
        else:
            head += bytes([127]) + struct.pack('>Q', len(data))
        self.wfile.write(head + data)

    def read_frame(self):
        head = self.rfile.read(2)
        if len(head) < 2:
            return None
        size = head[1] & 127
        if size == 126:
            size = struct.unpack('>H', self.rfile.read(2))[0]
        elif size == 127:
            size = struct.unpack('>Q', self.rfile.read(8))[0]
        mask = self.rfile.read(4)
        data = bytearray(self.rfile.read(size))
        for index in range(size):
            data[index] ^= mask[index % 4]
        return head[0] & 15, bytes(data)


server = ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
endpoint = os.environ.get('DA__PAGENT__JOB_ENDPOINT')
if endpoint:
    address = '%s?job_id=%s&port=%d' % (endpoint, os.environ['DA__PAGENT__JOB_ID'], server.server_port)
    print(urllib.request.urlopen(address).read().decode(), flush=True)
server.serve_forever()
