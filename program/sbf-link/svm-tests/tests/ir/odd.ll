; Operations on operands in the instruction data that rustc rarely writes but
; LLVM's optimiser may: odd widths, funnel shifts, vectors, volatile copies.
; Each result takes 16 bytes of the return data.
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

declare void @sol_set_return_data(ptr, i64)
declare i128 @llvm.fshl.i128(i128, i128, i128)
declare i128 @llvm.fshr.i128(i128, i128, i128)
declare { i32, i1 } @llvm.smul.with.overflow.i32(i32, i32)
declare { i128, i1 } @llvm.sadd.with.overflow.i128(i128, i128)
declare i128 @llvm.usub.sat.i128(i128, i128)
declare i128 @llvm.abs.i128(i128, i1)
declare i128 @llvm.ctlz.i128(i128, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)

define internal void @put(ptr %out, i64 %index, i128 %value) noinline {
  %at = getelementptr [16 x i8], ptr %out, i64 %index
  store i128 %value, ptr %at, align 8
  ret void
}

define i64 @entrypoint(ptr %input) {
start:
  %a.at = getelementptr i8, ptr %input, i64 16
  %b.at = getelementptr i8, ptr %input, i64 32
  %n.at = getelementptr i8, ptr %input, i64 48
  %a = load i128, ptr %a.at, align 8
  %b = load i128, ptr %b.at, align 8
  %n = load i64, ptr %n.at, align 8
  %n128 = zext i64 %n to i128
  %out = alloca [32 x i128], align 16
  call void @llvm.memset.p0.i64(ptr %out, i8 0, i64 512, i1 false)

  ; 0: product of 96 bits
  %a96 = trunc i128 %a to i96
  %b96 = trunc i128 %b to i96
  %m96 = mul i96 %a96, %b96
  %r0 = zext i96 %m96 to i128
  call void @put(ptr %out, i64 0, i128 %r0)
  ; 1: signed shift of 72 bits by n modulo 64
  %a72 = trunc i128 %a to i72
  %n63 = and i64 %n, 63
  %n72 = zext i64 %n63 to i72
  %s72 = ashr i72 %a72, %n72
  %r1 = sext i72 %s72 to i128
  call void @put(ptr %out, i64 1, i128 %r1)
  ; 2, 3: quotient and signed remainder of 100 bits; the divisor is made odd
  %a100 = trunc i128 %a to i100
  %b100 = trunc i128 %b to i100
  %d100 = or i100 %b100, 1
  %q100 = udiv i100 %a100, %d100
  %r2 = zext i100 %q100 to i128
  call void @put(ptr %out, i64 2, i128 %r2)
  %m100 = srem i100 %a100, %d100
  %r3 = sext i100 %m100 to i128
  call void @put(ptr %out, i64 3, i128 %r3)
  ; 4, 5: funnel shifts by any amount
  %r4 = call i128 @llvm.fshl.i128(i128 %a, i128 %b, i128 %n128)
  call void @put(ptr %out, i64 4, i128 %r4)
  %r5 = call i128 @llvm.fshr.i128(i128 %a, i128 %b, i128 %n128)
  call void @put(ptr %out, i64 5, i128 %r5)
  ; 6: signed quotient of 24 bits
  %a24 = trunc i128 %a to i24
  %b24 = trunc i128 %b to i24
  %d24 = or i24 %b24, 1
  %q24 = sdiv i24 %a24, %d24
  %r6 = sext i24 %q24 to i128
  call void @put(ptr %out, i64 6, i128 %r6)
  ; 7: signed product of 32 bits with its overflow above
  %a32 = trunc i128 %a to i32
  %b32 = trunc i128 %b to i32
  %p32 = call { i32, i1 } @llvm.smul.with.overflow.i32(i32 %a32, i32 %b32)
  %v32 = extractvalue { i32, i1 } %p32, 0
  %o32 = extractvalue { i32, i1 } %p32, 1
  %v32.wide = zext i32 %v32 to i128
  %o32.wide = zext i1 %o32 to i128
  %o32.high = shl i128 %o32.wide, 64
  %r7 = or i128 %v32.wide, %o32.high
  call void @put(ptr %out, i64 7, i128 %r7)
  ; 8: one when a signed sum overflows
  %p128 = call { i128, i1 } @llvm.sadd.with.overflow.i128(i128 %a, i128 %b)
  %o128 = extractvalue { i128, i1 } %p128, 1
  %r8 = zext i1 %o128 to i128
  call void @put(ptr %out, i64 8, i128 %r8)
  ; 9, 10, 11: saturating difference, magnitude, leading zeros
  %r9 = call i128 @llvm.usub.sat.i128(i128 %a, i128 %b)
  call void @put(ptr %out, i64 9, i128 %r9)
  %r10 = call i128 @llvm.abs.i128(i128 %a, i1 false)
  call void @put(ptr %out, i64 10, i128 %r10)
  %r11 = call i128 @llvm.ctlz.i128(i128 %a, i1 false)
  call void @put(ptr %out, i64 11, i128 %r11)
  ; 12: vectors: lane sums, where the first factor of a lane is larger
  %va = bitcast i128 %a to <4 x i32>
  %vb = bitcast i128 %b to <4 x i32>
  %vs = add <4 x i32> %va, %vb
  %vc = icmp ugt <4 x i32> %va, %vb
  %vr = select <4 x i1> %vc, <4 x i32> %vs, <4 x i32> %vb
  %r12 = bitcast <4 x i32> %vr to i128
  call void @put(ptr %out, i64 12, i128 %r12)
  ; 13: which arm of a switch on 128 bits
  switch i128 %b, label %other [
    i128 0, label %zero
    i128 1, label %one
    i128 18446744073709551616, label %word
    i128 -1, label %ones
  ]
zero:
  br label %join
one:
  br label %join
word:
  br label %join
ones:
  br label %join
other:
  br label %join
join:
  %r13 = phi i128 [ 100, %zero ], [ 18446744073709551617, %one ], [ 102, %word ], [ %a, %ones ], [ 104, %other ]
  call void @put(ptr %out, i64 13, i128 %r13)
  ; 14 to 17: 40 bytes copied volatile, of which the last 30 move down by 5,
  ; and n modulo 32 bytes set
  %copy = getelementptr i8, ptr %out, i64 224
  call void @llvm.memcpy.p0.p0.i64(ptr %copy, ptr %a.at, i64 40, i1 true)
  %from = getelementptr i8, ptr %out, i64 234
  %to = getelementptr i8, ptr %out, i64 229
  call void @llvm.memmove.p0.p0.i64(ptr %to, ptr %from, i64 30, i1 true)
  ; a copy onto itself, of a size and to an address that are not known before
  %never = icmp eq i64 %n, 81985529216486895
  %same = select i1 %never, ptr %input, ptr %copy
  %size = or i64 %n63, 1
  %size.known = and i64 %size, 39
  call void @llvm.memcpy.p0.p0.i64(ptr %copy, ptr %same, i64 %size.known, i1 false)
  %fill = getelementptr i8, ptr %out, i64 256
  %n31 = and i64 %n, 31
  %n8 = trunc i64 %n to i8
  call void @llvm.memset.p0.i64(ptr %fill, i8 %n8, i64 %n31, i1 false)
  ; 18, 19: a difference of 160 bits, and its low part shifted up by 33
  %a160.low = zext i128 %a to i160
  %a160 = shl i160 %a160.low, 32
  %b160 = zext i128 %b to i160
  %d160 = sub i160 %a160, %b160
  %r18 = trunc i160 %d160 to i128
  call void @put(ptr %out, i64 18, i128 %r18)
  %s160 = shl i160 %d160, 33
  %h160 = lshr i160 %s160, 32
  %r19 = trunc i160 %h160 to i128
  call void @put(ptr %out, i64 19, i128 %r19)
  call void @sol_set_return_data(ptr %out, i64 320)
  ret i64 0
}
