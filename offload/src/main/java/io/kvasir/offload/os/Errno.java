package io.kvasir.offload.os;

/** Linux error numbers that this module meets; the same on x86-64 and AArch64. */
public final class Errno {
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EBUSY = 16;
  public static final int EINVAL = 22;
  public static final int EFBIG = 27;
  public static final int ENOSPC = 28;
  public static final int EOPNOTSUPP = 95;

  private Errno() {}

  /** For people, such as {@code ENOSPC (no space left on the device)}. */
  public static String text(int errno) {
    return switch (errno) {
      case 1 -> "EPERM (not permitted)";
      case 2 -> "ENOENT (no such file or directory)";
      case EINTR -> "EINTR (interrupted)";
      case EIO -> "EIO (input/output error)";
      case 6 -> "ENXIO (no such device)";
      case 9 -> "EBADF (not an open file)";
      case EAGAIN -> "EAGAIN (temporarily unavailable)";
      case ENOMEM -> "ENOMEM (out of memory)";
      case 13 -> "EACCES (permission denied)";
      case 14 -> "EFAULT (bad address)";
      case EBUSY -> "EBUSY (busy)";
      case 19 -> "ENODEV (no such device)";
      case 21 -> "EISDIR (is a directory)";
      case EINVAL -> "EINVAL (invalid argument)";
      case EFBIG -> "EFBIG (file too large)";
      case ENOSPC -> "ENOSPC (no space left on the device)";
      case 30 -> "EROFS (read-only file system)";
      case 38 -> "ENOSYS (not implemented by this kernel)";
      case EOPNOTSUPP -> "EOPNOTSUPP (not supported)";
      case 122 -> "EDQUOT (disk quota exceeded)";
      default -> "errno " + errno;
    };
  }
}
