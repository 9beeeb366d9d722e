#!/usr/bin/env python3
"""A correct server in another language: it holds each line until its newline, queues
what a lazy client doesn't take, and relays an unfinished line as it is at departure."""

import os
import select
import socket
import sys


class Client:
    def __init__(self, connection, number):
        self.connection = connection
        self.number = number
        self.unfinished = bytearray()
        self.queue = bytearray()

    def fileno(self):
        return self.connection.fileno()


def end(last_words):
    os.write(2, last_words)
    os._exit(1)


class Server:
    def __init__(self, listener):
        self.listener = listener
        self.clients = []
        self.next_number = 0

    def tell_all_but(self, silent, text):
        for client in self.clients:
            if client is not silent:
                client.queue += text

    def welcome(self):
        try:
            connection, _ = self.listener.accept()
        except OSError:
            return
        if connection.fileno() >= 1024:
            # select can't watch it.
            connection.close()
            return
        connection.setblocking(False)
        client = Client(connection, self.next_number)
        self.next_number += 1
        self.tell_all_but(client, b"server: client %d just arrived\n" % client.number)
        self.clients.append(client)

    def hear(self, client):
        try:
            received = client.connection.recv(1 << 16)
        except OSError:
            received = b""
        prefix = b"client %d: " % client.number
        if not received:
            self.clients.remove(client)
            client.connection.close()
            if client.unfinished:
                self.tell_all_but(client, prefix + client.unfinished)
            self.tell_all_but(client, b"server: client %d just left\n" % client.number)
            return
        if b"\n" not in received:
            client.unfinished += received
            return
        *lines, rest = received.split(b"\n")
        lines[0] = bytes(client.unfinished) + lines[0]
        client.unfinished = bytearray(rest)
        self.tell_all_but(client, b"".join(prefix + line + b"\n" for line in lines))

    def write(self, client):
        try:
            sent = client.connection.send(client.queue)
        except OSError:
            # It has gone or has no room after all; its recv will tell which.
            return
        del client.queue[:sent]

    def serve(self):
        while True:
            waiting = [client for client in self.clients if client.queue]
            readable, writable, _ = select.select([self.listener, *self.clients], waiting, [])
            for client in writable:
                self.write(client)
            for client in readable:
                if client is not self.listener:
                    self.hear(client)
            if self.listener in readable:
                self.welcome()


def main():
    if len(sys.argv) < 2:
        end(b"Wrong number of arguments\n")
    try:
        listener = socket.socket()
        listener.bind(("127.0.0.1", int(sys.argv[1])))
        listener.listen(512)
    except (OSError, OverflowError, ValueError):
        end(b"Fatal error\n")
    try:
        Server(listener).serve()
    except MemoryError:
        end(b"Fatal error\n")


main()
