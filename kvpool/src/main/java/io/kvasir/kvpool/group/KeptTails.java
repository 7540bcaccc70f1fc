package io.kvasir.kvpool.group;

import org.jspecify.annotations.Nullable;

/**
 * The owners that slots are kept for, in one list per length of the tail. An owner's tail shrinks
 * with each of its allocations without a word to this class: its list is an upper bound, put right
 * when somebody looks for the longest tail. Such a move is paid for by the allocations before it,
 * so every operation is O(1) when averaged over all.
 */
final class KeptTails {
  static final int UNLISTED = -1;

  /** The last list also holds all longer tails. */
  private final @Nullable GroupOwner[] heads;

  /** No list above this one holds an owner. */
  private int top;

  /** Makes lists for tails up to {@code max} slots. */
  KeptTails(int max) {
    heads = new GroupOwner[max + 1];
  }

  /** Puts the owner where its present tail belongs; into no list if it has none. */
  void update(GroupOwner owner) {
    int list = owner.tail() == 0 ? UNLISTED : Math.min(owner.tail(), heads.length - 1);
    if (list != owner.list) {
      remove(owner);
      if (list != UNLISTED) {
        insert(owner, list);
      }
    }
  }

  void remove(GroupOwner owner) {
    if (owner.list == UNLISTED) {
      return;
    }
    GroupOwner before = owner.previousListed;
    GroupOwner behind = owner.nextListed;
    if (before == null) {
      heads[owner.list] = behind;
    } else {
      before.nextListed = behind;
    }
    if (behind != null) {
      behind.previousListed = before;
    }
    owner.previousListed = null;
    owner.nextListed = null;
    owner.list = UNLISTED;
  }

  /**
   * The owner with the longest tail, or one of those for whom {@code max} slots or more are kept.
   *
   * @throws IllegalStateException if nothing is kept for anybody
   */
  GroupOwner longest() {
    while (top >= 0) {
      GroupOwner owner = heads[top];
      if (owner == null) {
        top--;
      } else if (owner.tail() < top) {
        update(owner);
      } else {
        return owner;
      }
    }
    throw new IllegalStateException("nothing is kept for anybody");
  }

  /** Adds a sentence for every contradiction; otherwise marks every slot that is kept. */
  void check(Recount recount) {
    for (int list = 0; list < heads.length; list++) {
      GroupOwner before = null;
      for (GroupOwner owner = heads[list]; owner != null; owner = owner.nextListed) {
        if (owner.list != list || owner.previousListed != before || list > top) {
          recount.violation("the list of tails of %d is broken at %s".formatted(list, owner));
          return;
        }
        boolean sane = owner.start <= owner.next && owner.next <= owner.end;
        if (!sane || Math.min(owner.tail(), heads.length - 1) > list) {
          recount.violation("owner %s in the list of tails of %d".formatted(owner, list));
          return;
        }
        recount.cover(owner.next, owner.end - 1);
        before = owner;
      }
    }
  }

  private void insert(GroupOwner owner, int list) {
    GroupOwner head = heads[list];
    owner.nextListed = head;
    owner.list = list;
    if (head != null) {
      head.previousListed = owner;
    }
    heads[list] = owner;
    top = Math.max(top, list);
  }
}
