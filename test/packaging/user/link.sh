# The shared library. With libuv, as the server of README: "sanstls libuv".
cc -o server server.c $(pkg-config --cflags --libs sanstls)

# This library in the program, all others shared.
cc -o server server.c $(pkg-config --cflags --libs sanstls libidn2 |
  sed 's/-lsanstls/-l:libsanstls.a/')

# All libraries in the program.
cc -static -o server server.c $(pkg-config --static --cflags --libs sanstls)
