package io.kvasir.loadtest.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a Redis server holds, read and written past the product: its protocol, RESP 2, in bytes. */
final class RedisRecords implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;

  RedisRecords(String uri) throws IOException {
    URI server = URI.create(uri);
    socket = new Socket(server.getHost(), server.getPort());
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  List<byte[]> keys() throws IOException {
    send(ascii("KEYS"), ascii("*"));
    int count = Integer.parseInt(line().substring(1));
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(bulk());
    }
    return keys;
  }

  byte[] get(byte[] key) throws IOException {
    send(ascii("GET"), key);
    return bulk();
  }

  void set(byte[] key, byte[] value) throws IOException {
    send(ascii("SET"), key, value);
    String answer = line();
    if (!answer.equals("+OK")) {
      throw new IOException(answer);
    }
  }

  private void send(byte[]... parts) throws IOException {
    ByteArrayOutputStream command = new ByteArrayOutputStream();
    command.writeBytes(ascii("*" + parts.length + "\r\n"));
    for (byte[] part : parts) {
      command.writeBytes(ascii("$" + part.length + "\r\n"));
      command.writeBytes(part);
      command.writeBytes(ascii("\r\n"));
    }
    socket.getOutputStream().write(command.toByteArray());
  }

  private byte[] bulk() throws IOException {
    byte[] bytes = new byte[Integer.parseInt(line().substring(1))];
    in.readFully(bytes);
    in.skipNBytes(2);
    return bytes;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\r'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the server hung up");
      }
      line.append((char) next);
    }
    in.skipNBytes(1);
    return line.toString();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
