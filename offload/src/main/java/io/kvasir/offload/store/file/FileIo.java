package io.kvasir.offload.store.file;

/** A way to carry out many requests at once. One thread at a time. */
interface FileIo extends AutoCloseable {

  /** For people. */
  String name();

  /** Carries out all requests and sets their results; never throws for an I/O error. */
  void run(IoBatch batch);

  @Override
  void close();
}
