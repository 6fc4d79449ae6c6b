using System.Runtime.InteropServices.Marshalling;
using System.Text;

namespace Mta.Linux;

/// <summary>Hands a byte string (one character per byte) to C as it is; a NUL inside it is refused.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedIn, typeof(ManagedToUnmanagedIn))]
internal static unsafe class ByteStringMarshaller
{
    public ref struct ManagedToUnmanagedIn
    {
        private byte* _unmanaged;
        private bool _allocated;

        public static int BufferSize => 256;

        public void FromManaged(string? managed, Span<byte> buffer)
        {
            if (managed is null)
            {
                _unmanaged = null;
                return;
            }

            if (managed.Contains('\0'))
            {
                throw new LinuxException(Errno.EINVAL, "path", "(holds a NUL byte)");
            }

            Span<byte> target = buffer;
            if (managed.Length + 1 > buffer.Length)
            {
                _unmanaged = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)managed.Length + 1);
                _allocated = true;
                target = new Span<byte>(_unmanaged, managed.Length + 1);
            }
            else
            {
                // The buffer is stack memory of the generated stub, so its address is stable.
                _unmanaged = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(buffer));
            }

            Encoding.Latin1.GetBytes(managed, target);
            target[managed.Length] = 0;
        }

        public readonly byte* ToUnmanaged() => _unmanaged;

        public readonly void Free()
        {
            if (_allocated)
            {
                System.Runtime.InteropServices.NativeMemory.Free(_unmanaged);
            }
        }
    }
}
