// A correct server in another language and of another build: one goroutine owns the clients,
// and each connection has one that reads and one that writes.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
)

type client struct {
	id         int
	connection net.Conn
	lock       sync.Mutex
	filled     *sync.Cond
	unread     []byte
	gone       bool
}

type event struct {
	client *client
	line   []byte // nil: it has arrived or left
	left   bool
}

func end(words string) {
	os.Stderr.WriteString(words)
	os.Exit(1)
}

func (c *client) tell(text []byte) {
	c.lock.Lock()
	c.unread = append(c.unread, text...)
	c.lock.Unlock()
	c.filled.Signal()
}

func (c *client) leave() {
	c.lock.Lock()
	c.gone = true
	c.lock.Unlock()
	c.filled.Signal()
	c.connection.Close()
}

func (c *client) write() {
	for {
		c.lock.Lock()
		for len(c.unread) == 0 && !c.gone {
			c.filled.Wait()
		}
		text, gone := c.unread, c.gone
		c.unread = nil
		c.lock.Unlock()
		if gone {
			return
		}
		if _, err := c.connection.Write(text); err != nil {
			return
		}
	}
}

func (c *client) read(events chan<- event) {
	reader := bufio.NewReader(c.connection)
	for {
		line, err := reader.ReadBytes('\n')
		if err == io.EOF && len(line) > 0 {
			line = append(line, '\n')
		}
		if len(line) > 0 && line[len(line)-1] == '\n' {
			events <- event{client: c, line: line}
		}
		if err != nil {
			events <- event{client: c, left: true}
			return
		}
	}
}

func main() {
	if len(os.Args) < 2 {
		end("Wrong number of arguments\n")
	}
	port, err := strconv.Atoi(os.Args[1])
	if err != nil {
		end("Fatal error\n")
	}
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		end("Fatal error\n")
	}
	events := make(chan event)
	go func() {
		for id := 0; ; {
			connection, err := listener.Accept()
			if err != nil {
				continue
			}
			newcomer := &client{id: id, connection: connection}
			newcomer.filled = sync.NewCond(&newcomer.lock)
			id++
			events <- event{client: newcomer}
			go newcomer.write()
			go newcomer.read(events)
		}
	}()
	clients := map[*client]bool{}
	for it := range events {
		var text []byte
		switch {
		case it.left:
			delete(clients, it.client)
			it.client.leave()
			text = []byte(fmt.Sprintf("server: client %d just left\n", it.client.id))
		case it.line == nil:
			text = []byte(fmt.Sprintf("server: client %d just arrived\n", it.client.id))
		default:
			text = append([]byte(fmt.Sprintf("client %d: ", it.client.id)), it.line...)
		}
		for other := range clients {
			if other != it.client {
				other.tell(text)
			}
		}
		if it.line == nil && !it.left {
			clients[it.client] = true
		}
	}
}
