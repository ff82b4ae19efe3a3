// SPDX-License-Identifier: MIT
// gocrypto: Go's crypto/tls over a net.Conn in memory, at the same work as peer.c.
// The process's CPU time on one thread at a time, because the runtime has threads
// of its own: what its garbage collector takes is counted, too.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const (
	rounds      = 15
	roundBytes  = 1024 * 1024
	maxMessages = 2048
	handshakes  = 6
	maxMessage  = 16384
)

// One direction. Reading waits only while hands are shaken: later the records
// are there before they are read.
type wire struct {
	lock       sync.Mutex
	filled     *sync.Cond
	data       []byte
	taken      int
	arrived    int
	isDropping bool
}

func newWire() *wire {
	w := &wire{data: make([]byte, 0, roundBytes+maxMessages*128)}
	w.filled = sync.NewCond(&w.lock)
	return w
}

func (w *wire) reset() { w.data, w.taken, w.arrived, w.isDropping = w.data[:0], 0, 0, false }

type conn struct{ in, out *wire }

func (c *conn) Read(p []byte) (int, error) {
	c.in.lock.Lock()
	defer c.in.lock.Unlock()
	for c.in.arrived == c.in.taken {
		c.in.filled.Wait()
	}
	n := copy(p, c.in.data[c.in.taken:c.in.arrived])
	c.in.taken += n
	return n, nil
}

func (c *conn) Write(p []byte) (int, error) {
	c.out.lock.Lock()
	defer c.out.lock.Unlock()
	if !c.out.isDropping {
		c.out.data = append(c.out.data, p...)
		c.out.arrived = len(c.out.data)
		c.out.filled.Signal()
	}
	return len(p), nil
}

func (c *conn) Close() error                     { return nil }
func (c *conn) LocalAddr() net.Addr              { return nil }
func (c *conn) RemoteAddr() net.Addr             { return nil }
func (c *conn) SetDeadline(time.Time) error      { return nil }
func (c *conn) SetReadDeadline(time.Time) error  { return nil }
func (c *conn) SetWriteDeadline(time.Time) error { return nil }

var (
	toServer, toClient         = newWire(), newWire()
	clientConfig, serverConfig *tls.Config
)

func need(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func configure(dir string) {
	roots := x509.NewCertPool()
	pem, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	need(err)
	roots.AppendCertsFromPEM(pem)
	credential, err := tls.LoadX509KeyPair(filepath.Join(dir, "server-ecdsa.pem"),
		filepath.Join(dir, "server-ecdsa.key"))
	need(err)
	common := tls.Config{
		MinVersion:                  tls.VersionTLS13,
		CurvePreferences:            []tls.CurveID{tls.X25519},
		SessionTicketsDisabled:      true,
		DynamicRecordSizingDisabled: true,
	}
	clientConfig = common.Clone()
	clientConfig.RootCAs = roots
	clientConfig.ServerName = "localhost"
	serverConfig = common.Clone()
	serverConfig.Certificates = []tls.Certificate{credential}
}

func open() (*tls.Conn, *tls.Conn) {
	toServer.reset()
	toClient.reset()
	client := tls.Client(&conn{toClient, toServer}, clientConfig)
	server := tls.Server(&conn{toServer, toClient}, serverConfig)
	done := make(chan error)
	go func() { done <- server.Handshake() }()
	need(client.Handshake())
	need(<-done)
	return client, server
}

func nowNs() float64 {
	const processCPUTime = 2 // CLOCK_PROCESS_CPUTIME_ID
	var now syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, processCPUTime,
		uintptr(unsafe.Pointer(&now)), 0)
	return float64(now.Nano())
}

func median(count int, run func() float64) float64 {
	var costs []float64
	run()
	for i := 0; i < rounds; i++ {
		costs = append(costs, run()/float64(count))
	}
	sort.Float64s(costs)
	return costs[rounds/2]
}

func shake() float64 {
	began := nowNs()
	for i := 0; i < handshakes; i++ {
		open()
	}
	return nowNs() - began
}

func writes(client *tls.Conn, message []byte, count int) float64 {
	toServer.reset()
	toServer.isDropping = true
	began := nowNs()
	for i := 0; i < count; i++ {
		client.Write(message)
	}
	return nowNs() - began
}

func reads(client, server *tls.Conn, message []byte, count int) float64 {
	ends := make([]int, count)
	room := make([]byte, maxMessage)
	got := 0
	toServer.reset()
	for i := range ends {
		client.Write(message)
		ends[i] = len(toServer.data)
	}
	toServer.arrived = 0
	began := nowNs()
	for i := range ends {
		toServer.arrived = ends[i]
		n, err := server.Read(room)
		need(err)
		got += n
	}
	took := nowNs() - began
	if got != count*len(message) || !bytes.Equal(room[:len(message)], message) {
		need(fmt.Errorf("what was read is not what was written"))
	}
	return took
}

func main() {
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	if len(os.Args) != 2 {
		need(fmt.Errorf("usage: gocrypto DATA_DIR"))
	}
	configure(os.Args[1])
	fmt.Println("#", "Go", runtime.Version())
	message := make([]byte, maxMessage)
	for i := range message {
		message[i] = byte(i * 167 >> 3)
	}
	for _, size := range []int{64, maxMessage} {
		count := roundBytes / size
		if count > maxMessages {
			count = maxMessages
		}
		client, server := open()
		if client.ConnectionState().CipherSuite != tls.TLS_AES_128_GCM_SHA256 {
			need(fmt.Errorf("another suite than AES-128-GCM"))
		}
		fmt.Printf("read_1.3_%d,go,%.4g,ns\n", size, median(count, func() float64 {
			return reads(client, server, message[:size], count)
		}))
		fmt.Printf("write_1.3_%d,go,%.4g,ns\n", size, median(count, func() float64 {
			return writes(client, message[:size], count)
		}))
	}
	fmt.Printf("handshake_1.3,go,%.4g,us\n", median(handshakes, shake)/1000)
}
